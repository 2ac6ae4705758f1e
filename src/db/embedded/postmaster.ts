import { open, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { isObject, systemClock } from '../../base/index.ts';
import { programPath } from './binaries.ts';
import { ROLE } from './cluster.ts';
import { isAlive } from './data-dir-lock.ts';
import { EmbeddedError } from './embedded-error.ts';
import type { Place } from './place.ts';
import { runProgram } from './run-program.ts';

/** Crash recovery replays the log since the last checkpoint before PostgreSQL answers; this many seconds it may take. */
const START_SECONDS = 300;
const STOP_SECONDS = 120;
const START_ATTEMPTS = 4;
const MAX_LOG_EXCERPT_BYTES = 4_000;

interface Postmaster {
  readonly pid: number;
  /** Undefined while PostgreSQL has not written it yet. */
  readonly port: number | undefined;
}

export function urlOf(port: number, password: string): string {
  return `postgres://${ROLE}:${password}@127.0.0.1:${port}/postgres`;
}

async function readPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  const port = Number(lines[3]);
  return { pid: Number(lines[0]), port: port > 0 ? port : undefined };
}

/** False also for another program that got the pid of a PostgreSQL which is gone. */
async function isPostmaster({ pid, port }: Postmaster): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return false;
  if (process.platform !== 'linux') return true;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command.includes('postgres') && (port === undefined || command.includes(`-p\0${port}\0`));
}

/** @throws {EmbeddedError} when the database there does not know our password. */
async function answers(cluster: string, port: number, password: string): Promise<boolean> {
  const client = new pg.Client({
    connectionString: urlOf(port, password),
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ place: string }>(
      `select current_setting('data_directory') as place`,
    );
    return rows[0]?.place === cluster;
  } catch (fault) {
    if (isObject(fault) && fault['code'] === '28P01') {
      throw new EmbeddedError(
        `the database in ${cluster} does not accept the password in postgres.password beside it; put the old file back`,
        { cause: fault },
      );
    }
    return false;
  } finally {
    await client.end();
  }
}

/**
 * Looks for the PostgreSQL that a Muster left running when it was killed, and waits until it answers. One that is
 * shutting down is waited for; the pid file of one that is gone is removed.
 * @returns its port, or undefined when none is running.
 */
export async function adoptPostmaster(cluster: string, password: string): Promise<number | undefined> {
  const deadline = performance.now() + START_SECONDS * 1000;
  while (performance.now() < deadline) {
    const found = await readPostmaster(cluster);
    if (found === undefined) return undefined;
    if (!(await isPostmaster(found))) {
      await rm(join(cluster, 'postmaster.pid'), { force: true });
      return undefined;
    }
    if (found.port !== undefined && (await answers(cluster, found.port, password))) return found.port;
    await systemClock.sleep(100);
  }
  throw new EmbeddedError(
    `the database in ${cluster} is running but has not answered for ${START_SECONDS} seconds; see postgres.log`,
  );
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** The last lines that PostgreSQL wrote, to show why it did not start. */
async function readLogEnd(logFile: string, from: number): Promise<string> {
  const bytes = await readFile(logFile);
  return bytes
    .subarray(Math.max(from, bytes.length - MAX_LOG_EXCERPT_BYTES))
    .toString()
    .trim();
}

function startOptions(port: number, settings: Readonly<Record<string, string>>): string {
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings };
  return [`-p ${port}`, ...Object.entries(all).map(([name, value]) => `-c ${name}=${value}`)].join(' ');
}

/**
 * Starts PostgreSQL on a free port and waits until it answers. Tries again when the port was taken meanwhile, or when
 * processes of a PostgreSQL that was killed have yet to end.
 * @param settings names and values without blanks or quotes: `pg_ctl` hands them to a shell.
 * @returns its port.
 */
export async function startPostmaster(
  place: Place,
  logFile: string,
  settings: Readonly<Record<string, string>>,
): Promise<number> {
  // pg_ctl puts the paths between double quotes into a command for the shell, which would read these.
  if (process.platform !== 'win32' && /["$`\\\n]/.test(place.cluster + place.native)) {
    throw new EmbeddedError(
      `PostgreSQL cannot be started in ${place.cluster} by ${place.native}: a path must not hold " $ \` \\`,
    );
  }
  // Opened here, since PostgreSQL's account may not be allowed to write to the data folder.
  const log = await open(logFile, 'a', 0o600);
  try {
    const { size } = await log.stat();
    for (let attempt = 1; ; attempt += 1) {
      const port = await findFreePort();
      const options = ['start', '-D', place.cluster, '-s', '-w', '-t', String(START_SECONDS)];
      const started = await runProgram(
        programPath(place.native, 'pg_ctl'),
        [...options, '-o', startOptions(port, settings)],
        { account: place.account, outputFd: log.fd },
      );
      if (started.ok) return port;
      if (attempt === START_ATTEMPTS) {
        throw new EmbeddedError(`the database did not start:\n${await readLogEnd(logFile, size)}`);
      }
      await systemClock.sleep(200 * attempt);
    }
  } finally {
    await log.close();
  }
}

/** Ends sessions, writes everything out and stops. Nothing to do when it is not running any more. */
export async function stopPostmaster({ native, cluster, account }: Place): Promise<void> {
  const options = ['stop', '-D', cluster, '-m', 'fast', '-s', '-w', '-t', String(STOP_SECONDS)];
  const stopped = await runProgram(programPath(native, 'pg_ctl'), options, { account });
  const left = await readPostmaster(cluster);
  if (!stopped.ok && left !== undefined && (await isPostmaster(left))) {
    throw new EmbeddedError(`the database in ${cluster} did not stop: ${stopped.output}`);
  }
}
