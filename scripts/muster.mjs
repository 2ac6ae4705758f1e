#!/usr/bin/env node
/**
 * `npx muster …`: the command line under the Node that npm has installed beside it, whatever Node the machine has (18 or
 * newer), so it is plain JavaScript without dependencies.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE = 24;
const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The program of the package named `node`, here or where npm has put the dependencies of this package. */
function findNode() {
  const isNew = Number(process.versions.node.split('.')[0]) >= OLDEST_NODE;
  try {
    const require = createRequire(join(root, 'package.json'));
    const program = join(dirname(require.resolve('node/package.json')), 'bin/node');
    if (existsSync(program)) return program;
  } catch {
    // Not installed: the Node of the machine may do.
  }
  return isNew ? process.execPath : undefined;
}

const node = findNode();
if (node === undefined) {
  console.error(`Muster needs Node ${OLDEST_NODE}: run npm install here, or use a newer Node.`);
  process.exit(2);
}
const child = spawn(node, [join(root, 'src/cli/main.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });
// The terminal tells the child as well; here is only waited for it.
for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('error', (fault) => {
  console.error(`${node} cannot be started: ${fault.message}`);
  process.exitCode = 2;
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 2);
});
