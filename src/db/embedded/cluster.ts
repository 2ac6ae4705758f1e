import { randomBytes } from 'node:crypto';
import { chown, lchown, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isObject } from '../../base/index.ts';
import { ownerOf } from './account.ts';
import { programPath } from './binaries.ts';
import { EmbeddedError } from './embedded-error.ts';
import type { Place } from './place.ts';
import { type Account, runProgram } from './run-program.ts';

/** The only role of the embedded server. */
export const ROLE = 'muster';

/** Code point order, as the C locale has it, with upper and lower case of all alphabets; the same on every system. */
const INIT_OPTIONS = [
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  `--username=${ROLE}`,
  '--auth=scram-sha-256',
  '-c',
  'timezone=UTC',
  '-c',
  'log_timezone=UTC',
];

/**
 * A thousand new files are written out by one call for their whole file system in place of one call a file, where there is
 * such a call: half the time of the whole. Not left out: a power cut after the rename would leave a cluster that is none.
 */
const SYNC_OPTIONS = process.platform === 'linux' ? ['--sync-method=syncfs'] : [];

/** The password of the embedded server, made at the first start. It stays when the cluster is made anew. */
export async function ensurePassword(file: string): Promise<string> {
  const made = randomBytes(24).toString('hex');
  try {
    await writeFile(file, made, { mode: 0o600, flag: 'wx' });
    return made;
  } catch (fault) {
    if (!isObject(fault) || fault['code'] !== 'EEXIST') throw fault;
    return (await readFile(file, 'utf8')).trim();
  }
}

async function readMajor(cluster: string): Promise<string | undefined> {
  try {
    return (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim();
  } catch (fault) {
    if (isObject(fault) && fault['code'] === 'ENOENT') return undefined;
    throw fault;
  }
}

/** What a copy by root (`cp -r`, an unpacked backup) leaves behind belongs to root; PostgreSQL wants its own. */
async function takeOver(cluster: string, account: Account): Promise<void> {
  for (const entry of await readdir(cluster, { withFileTypes: true, recursive: true })) {
    await lchown(join(entry.parentPath, entry.name), account.uid, account.gid);
  }
  await chown(cluster, account.uid, account.gid);
}

/** Without it a power cut could undo the rename and keep what was committed after it under the temporary name. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder);
  await handle.sync();
  await handle.close();
}

async function initCluster({ cluster, native, account }: Place, password: string): Promise<void> {
  const parent = dirname(cluster);
  const prefix = `${basename(cluster)}.init-`;
  await mkdir(parent, { recursive: true });
  // What a process left that was killed meanwhile; its own initdb may still be running and stumbles over this.
  for (const name of await readdir(parent)) {
    if (name.startsWith(prefix)) await rm(join(parent, name), { recursive: true, maxRetries: 10 });
  }
  const folder = join(parent, `${prefix}${randomBytes(4).toString('hex')}`);
  const passwordFile = `${folder}.password`;
  try {
    await mkdir(folder, { mode: 0o700 });
    await writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' });
    if (account !== undefined) {
      await chown(folder, account.uid, account.gid);
      await chown(passwordFile, account.uid, account.gid);
    }
    const options = [...INIT_OPTIONS, ...SYNC_OPTIONS, `--pwfile=${passwordFile}`, '-D', folder];
    const made = await runProgram(programPath(native, 'initdb'), options, { account });
    if (!made.ok) throw new EmbeddedError(`the database could not be initialised:\n${made.output}`);
    await rename(folder, cluster);
    await syncFolder(parent);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

/**
 * Makes sure of a whole cluster of this major version: it is made beside its place and renamed, so that one that was
 * interrupted in the making is never mistaken for it.
 * @throws {EmbeddedError} when there is something else in its place, or a cluster of another major version.
 */
export async function ensureCluster(place: Place, major: string, password: string): Promise<void> {
  const { cluster, account } = place;
  const owner = await ownerOf(cluster);
  if (owner !== undefined && owner.uid === 0 && account !== undefined) await takeOver(cluster, account);
  const found = await readMajor(cluster);
  if (found === major) return;
  if (found !== undefined) {
    throw new EmbeddedError(
      `the database in ${cluster} was made by PostgreSQL ${found}, and this Muster brings PostgreSQL ${major}; ` +
        'go back to the Muster that made it and move the data over, or set MUSTER_DATA_DIR to another folder',
    );
  }
  if (owner !== undefined && (await readdir(cluster)).length > 0) {
    throw new EmbeddedError(
      `${cluster} is not a database and not empty; move it away, or set MUSTER_DATA_DIR to another folder`,
    );
  }
  await initCluster(place, password);
}
