import { access, constants, mkdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Log } from '../../base/index.ts';
import { locateBinaries } from './binaries.ts';
import { ensureCluster, ensurePassword } from './cluster.ts';
import { lockDataDir } from './data-dir-lock.ts';
import { EmbeddedError } from './embedded-error.ts';
import { settlePlace } from './place.ts';
import { adoptPostmaster, startPostmaster, stopPostmaster, urlOf } from './postmaster.ts';

export interface EmbeddedOptions {
  /** Made when it is missing; relative to the working directory. */
  readonly dataDir: string;
  readonly log: Log;
  /** PostgreSQL settings for this start, such as `fsync: 'off'` for tests; values without blanks or quotes. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedServer {
  readonly url: string;
  /** True when a Muster that was killed had left it running; its settings are those of its own start. */
  readonly adopted: boolean;
  /** Stops PostgreSQL and frees the data folder. Close the pool first. Safe to call twice. */
  stop(): Promise<void>;
}

/** Not `recursive`: Node then tries for ever where the system answers ENOENT to a folder that has a parent, as /proc does. */
async function makeFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return;
  await makeFolder(dirname(folder));
  await mkdir(folder).catch(async (fault: unknown) => {
    // Another process that starts at the same moment may have been first; the lock decides between the two.
    if (!(await stat(folder)).isDirectory()) throw fault;
  });
}

async function openDataDir(dataDir: string): Promise<string> {
  try {
    await makeFolder(resolve(dataDir));
    await access(dataDir, constants.W_OK);
    return await realpath(dataDir);
  } catch (cause) {
    throw new EmbeddedError(
      `the data folder ${dataDir} cannot be made or written; set MUSTER_DATA_DIR to another one`,
      {
        cause,
      },
    );
  }
}

async function bringUp(
  dataDir: string,
  options: EmbeddedOptions,
): Promise<Pick<EmbeddedServer, 'url' | 'adopted' | 'stop'>> {
  const { log, settings = {} } = options;
  const binaries = await locateBinaries();
  const place = await settlePlace(dataDir, binaries, log);
  const password = await ensurePassword(join(dataDir, 'postgres.password'));
  await ensureCluster(place, binaries.major, password);
  const adoptedPort = await adoptPostmaster(place.cluster, password);
  const port = adoptedPort ?? (await startPostmaster(place, join(dataDir, 'postgres.log'), settings));
  const adopted = adoptedPort !== undefined;
  log.info({ dataDir, port, adopted }, `the embedded PostgreSQL ${binaries.major} is ready`);
  return { url: urlOf(port, password), adopted, stop: () => stopPostmaster(place) };
}

/**
 * Starts the PostgreSQL that npm installed, in `<dataDir>/postgres`, on a free port of 127.0.0.1; at the first start
 * it makes the database. Takes over one that a killed Muster left running. One process at a time may use the folder.
 * @throws {EmbeddedError} in words for the operator when it cannot serve.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const dataDir = await openDataDir(options.dataDir);
  const unlock = await lockDataDir(join(dataDir, 'muster.lock'), dataDir);
  try {
    const server = await bringUp(dataDir, options);
    let stopped: Promise<void> | undefined;
    return { ...server, stop: () => (stopped ??= server.stop().finally(unlock)) };
  } catch (fault) {
    await unlock();
    throw fault;
  }
}
