import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isObject, type Outcome, success } from '../../base/index.ts';
import { EmbeddedError } from './embedded-error.ts';

interface Holder {
  readonly pid: number;
  /** Boot and start tick of that process, so that another one with a recycled pid is not taken for it. */
  readonly born: string | null;
}

/** Null where the system has no /proc: then the pid alone must do. */
async function birthOf(pid: number): Promise<string | null> {
  if (process.platform !== 'linux') return null;
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // Field 22; the second field, the program's name, may itself hold blanks and brackets.
    const startTick = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${boot.trim()}/${startTick}`;
  } catch {
    return null;
  }
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

async function isHeld(holder: Holder): Promise<boolean> {
  if (!isAlive(holder.pid)) return false;
  const born = await birthOf(holder.pid);
  return born === null || holder.born === null || born === holder.born;
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
  await writeFile(mine, `${process.pid}\n${(await birthOf(process.pid)) ?? ''}\n`);
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
