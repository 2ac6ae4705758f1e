import { createHash, randomBytes } from 'node:crypto';
import { chmod, cp, lstat, mkdir, readdir, readlink, realpath, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Log } from '../../base/index.ts';
import { canEnter, chooseAccount, ownerOf, runsAsRoot } from './account.ts';
import { type Binaries, programPath } from './binaries.ts';
import { EmbeddedError } from './embedded-error.ts';
import { type Account, runProgram } from './run-program.ts';

/** Where the embedded server lives and who runs it. All paths are real ones, without symbolic links. */
export interface Place {
  /** Whom PostgreSQL runs as; undefined = as this process. */
  readonly account: Account | undefined;
  /** The data directory of PostgreSQL; it may not exist yet. */
  readonly cluster: string;
  readonly native: string;
}

/** For what PostgreSQL's account cannot reach where Muster itself lies. Only root ever writes here. */
const SHARED_FOLDER = '/var/lib/muster';

/** The cluster behind `link`, whether it exists yet or not; undefined when there is neither folder nor link. */
async function resolveCluster(link: string): Promise<string | undefined> {
  const found = await lstat(link).catch(() => undefined);
  if (found === undefined) return undefined;
  if (!found.isSymbolicLink()) return await realpath(link);
  return await realpath(link).catch(async () => resolve(dirname(link), await readlink(link)));
}

async function runsHere(native: string, account: Account | undefined): Promise<string | undefined> {
  const tried = await runProgram(programPath(native, 'postgres'), ['--version'], { account });
  return tried.ok ? undefined : tried.output;
}

async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isSymbolicLink()) continue;
    const inBin = entry.isDirectory() || entry.parentPath === join(folder, 'bin');
    await chmod(join(entry.parentPath, entry.name), inBin ? 0o755 : 0o644);
  }
}

async function createSharedFolder(): Promise<void> {
  await mkdir(SHARED_FOLDER, { recursive: true });
  await chmod(SHARED_FOLDER, 0o755);
}

/** Copies once per version; the rename makes the copy appear whole, also when two processes copy at a time. */
async function copyBinaries({ native, version }: Binaries): Promise<string> {
  const target = join(SHARED_FOLDER, `postgresql-${version}`);
  if ((await ownerOf(target)) !== undefined) return target;
  await createSharedFolder();
  const copy = `${target}.copy-${randomBytes(4).toString('hex')}`;
  try {
    await cp(native, copy, { recursive: true, verbatimSymlinks: true });
    await openToAll(copy);
    await rename(copy, target).catch(async (fault: unknown) => {
      if ((await ownerOf(target)) === undefined) throw fault;
    });
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
  return target;
}

/** A place outside the data folder, which is linked to it. */
async function linkFarCluster(dataDir: string, link: string, native: string, log: Log): Promise<string> {
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  const cluster = join(SHARED_FOLDER, hash);
  await createSharedFolder();
  const owner = await ownerOf(cluster);
  if (owner !== undefined) {
    // Its data folder was removed, and with it the password. Throwing the data away is the operator's to do.
    const aside = `${cluster}.orphan-${randomBytes(4).toString('hex')}`;
    const account = await chooseAccount(owner);
    await runProgram(programPath(native, 'pg_ctl'), ['stop', '-D', cluster, '-m', 'fast', '-w'], { account });
    await rename(cluster, aside);
    log.warn(
      { path: aside },
      'kept the database of a data folder that was removed; delete it if it is not needed',
    );
  }
  // Before the cluster is made: a cluster without its link would look like one whose data folder was removed.
  await symlink(cluster, link);
  return cluster;
}

async function settleAsRoot(dataDir: string, binaries: Binaries, log: Log): Promise<Place> {
  const link = join(dataDir, 'postgres');
  const existing = await resolveCluster(link);
  const account = await chooseAccount(await ownerOf(existing ?? link));
  const unreachable = await runsHere(binaries.native, account);
  const native = unreachable === undefined ? binaries.native : await copyBinaries(binaries);
  let cluster = existing ?? link;
  if (existing === undefined && !(await canEnter(account, dataDir))) {
    cluster = await linkFarCluster(dataDir, link, native, log);
  }
  if (cluster !== link || native !== binaries.native) {
    log.info(
      { account: account.name, cluster, native },
      `PostgreSQL does not run as root; what its account cannot reach lies in ${SHARED_FOLDER}`,
    );
  }
  return { account, cluster, native };
}

/**
 * Decides where the cluster and the programs lie. An ordinary user keeps both where they are. For root, PostgreSQL
 * runs as a system account; what that account cannot enter is kept in /var/lib/muster, with a link in the data folder.
 * @param dataDir a real path.
 * @throws {EmbeddedError} when PostgreSQL could not run there.
 */
export async function settlePlace(dataDir: string, binaries: Binaries, log: Log): Promise<Place> {
  const place = runsAsRoot()
    ? await settleAsRoot(dataDir, binaries, log)
    : {
        account: undefined,
        cluster: (await resolveCluster(join(dataDir, 'postgres'))) ?? join(dataDir, 'postgres'),
        native: binaries.native,
      };
  const { account, cluster, native } = place;
  // For root those in their own place have been tried already.
  const isTried = account !== undefined && native === binaries.native;
  const fault = isTried ? undefined : await runsHere(native, account);
  if (fault !== undefined) {
    throw new EmbeddedError(
      `the embedded PostgreSQL does not run on this system (${fault}); set DATABASE_URL to a PostgreSQL 15 or newer`,
    );
  }
  const owner = await ownerOf(cluster);
  if (owner === undefined) return place;
  const uid = account?.uid ?? process.getuid?.();
  if (uid !== undefined && uid !== owner.uid && !runsAsRoot()) {
    throw new EmbeddedError(
      `the database in ${cluster} belongs to user id ${owner.uid} and Muster runs as ${uid}; ` +
        'start it as that user, or set MUSTER_DATA_DIR to another folder',
    );
  }
  if (account !== undefined && !(await canEnter(account, dirname(cluster)))) {
    throw new EmbeddedError(
      `PostgreSQL's account (${account.name}) cannot enter ${dirname(cluster)}, where the database lies; ` +
        'let others enter that folder (chmod o+x on it and those above), or set MUSTER_DATA_DIR to another one',
    );
  }
  return place;
}
