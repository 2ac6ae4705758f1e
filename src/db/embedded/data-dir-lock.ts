import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isObject, type Outcome, success } from '../../base/index.ts';
import { EmbeddedError } from './embedded-error.ts';

interface Holder {
  readonly pid: number;
  /** Boot and start tick of that process, so that another one with a recycled pid is not taken for it. */
  readonly born: string | null;
}

/** What /proc says of a process; undefined where there is no /proc or no such process. */
async function readProcess(pid: number): Promise<{ state: string; born: string } | undefined> {
  if (process.platform !== 'linux') return undefined;
  const [stat, boot] = await Promise.all([
    readText(`/proc/${pid}/stat`),
    readText('/proc/sys/kernel/random/boot_id'),
  ]);
  if (stat === undefined || boot === undefined) return undefined;
  // Fields 3 and 22; the second field, the program's name, may itself hold blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', born: `${boot.trim()}/${fields[19]}` };
}

/** Whether there is such a process, of whatever user. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return isObject(fault) && fault['code'] === 'EPERM';
  }
}

async function readText(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch(() => undefined);
}

/** Undefined for a file that nobody could have written whole: it locks nothing. */
function parseHolder(text: string): Holder | undefined {
  const [pid, born] = text.split('\n');
  if (pid === undefined || !/^[1-9]\d{0,9}$/.test(pid)) return undefined;
  return { pid: Number(pid), born: born === undefined || born === '' ? null : born };
}

/** A zombie is dead: it only waits for a parent to ask, and the first process of a container may never do so. */
export async function isHeld(holder: Holder): Promise<boolean> {
  if (!isAlive(holder.pid)) return false;
  const found = await readProcess(holder.pid);
  if (found?.state === 'Z') return false;
  return found === undefined || holder.born === null || found.born === holder.born;
}

/** Creates the file with its content in one step, so that nobody ever reads half of it. */
async function linkNew(mine: string, file: string): Promise<Outcome<void, 'exists'>> {
  try {
    await link(mine, file);
    return success(undefined);
  } catch (fault) {
    if (isObject(fault) && fault['code'] === 'EEXIST') return { ok: false, error: 'exists' };
    throw fault;
  }
}

/**
 * Takes the folder for this process alone. The lock of a process that is gone is taken over.
 * @returns what releases it.
 * @throws {EmbeddedError} naming the process that has it.
 */
export async function lockDataDir(file: string, dataDir: string): Promise<() => Promise<void>> {
  const mine = `${file}.${randomBytes(4).toString('hex')}`;
  await writeFile(mine, `${process.pid}\n${(await readProcess(process.pid))?.born ?? ''}\n`);
  try {
    while (!(await linkNew(mine, file)).ok) {
      const text = await readText(file);
      const holder = parseHolder(text ?? '');
      if (holder !== undefined && (await isHeld(holder))) {
        throw new EmbeddedError(
          `another Muster (process ${holder.pid}) already uses the data folder ${dataDir}; ` +
            'stop it, or give this one a folder of its own with MUSTER_DATA_DIR',
        );
      }
      await removeStale(file, `${mine}.stale`, text);
    }
  } finally {
    await rm(mine, { force: true });
  }
  return () => rm(file, { force: true });
}

/** Between the look and the removal another process may have put its own lock there: that one goes back. */
async function removeStale(file: string, aside: string, seen: string | undefined): Promise<void> {
  const moved = await rename(file, aside).then(
    () => true,
    () => false,
  );
  if (moved && (await readText(aside)) !== seen) await linkNew(aside, file);
  await rm(aside, { force: true });
}
