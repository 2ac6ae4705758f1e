import { statfs } from 'node:fs/promises';
import type { Finding } from '../base/index.ts';

const OLDEST_NODE = 24;
const LOW_BYTES = 2 * 1024 ** 3;
const LOW_SHARE = 0.05;

function checkNode(version: string): Finding {
  const check = 'Node.js';
  const major = Number(version.split('.')[0]);
  if (major >= OLDEST_NODE) return { check, level: 'ok', text: version };
  const advice = 'run the command as npm run muster, which brings its own Node';
  return { check, level: 'fault', text: version, advice };
}

async function checkDisk(dataDir: string): Promise<Finding> {
  const check = 'disk';
  const { bavail, blocks, bsize } = await statfs(dataDir);
  const share = bavail / blocks;
  const text = `${((bavail * bsize) / 1024 ** 3).toFixed(1)} GiB free (${Math.round(share * 100)} %) at ${dataDir}`;
  if (share >= LOW_SHARE && bavail * bsize >= LOW_BYTES) return { check, level: 'ok', text };
  const advice = 'make room: PostgreSQL stops when its disk is full';
  return { check, level: 'warning', text, advice };
}

/**
 * @param dataDir where the embedded database lies; undefined = the database is elsewhere, and so is its disk.
 * @param version of the program.
 */
export async function checkMachine(dataDir: string | undefined, version: string): Promise<Finding[]> {
  const own: Finding = { check: 'Muster', level: 'ok', text: `version ${version}` };
  const node = checkNode(process.versions.node);
  return dataDir === undefined ? [own, node] : [own, node, await checkDisk(dataDir)];
}
