import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { toError } from '../../src/base/index.ts';
import { type BenchClient, createBenchClient } from './client.ts';
import type { BenchPostgres } from './postgres.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

/** What every measurement is given. */
export interface Bench {
  readonly postgres: BenchPostgres;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Few rounds and small sizes, for a first look. */
  readonly isShort: boolean;
  /** Rounds that count, after one that warms up. */
  readonly rounds: number;
  /** What the sizes of `growth` are multiplied by. */
  readonly scale: number;
  /** Profiles in a batch of `import`. */
  readonly rows: number;
  /** A line of progress, on standard error. */
  tell(line: string): void;
}

/** Muster on a database of its own, and ways to both. */
export interface Bed {
  readonly server: ServerProcess;
  readonly client: BenchClient;
  /** One connection to the server's database. */
  readonly sql: pg.Client;
  readonly databaseUrl: string;
  readonly token: string;
}

/** Things to stop, the last one first, whatever happened. */
export class Stops {
  readonly #stops: (() => Promise<void>)[] = [];

  add(stop: () => Promise<void>): void {
    this.#stops.push(stop);
  }

  /** What cannot be stopped is told, and keeps nothing else from being stopped. */
  async run(tell: (line: string) => void): Promise<void> {
    for (const stop of this.#stops.splice(0).toReversed()) {
      await stop().catch((fault: unknown) => tell(toError(fault).message));
    }
  }
}

/** Does something and stops what was started for it, also after a fault or Ctrl-C. */
export async function withStops<T>(bench: Bench, act: (stops: Stops) => Promise<T>): Promise<T> {
  const stops = new Stops();
  try {
    return await act(stops);
  } finally {
    await stops.run(bench.tell);
  }
}

async function connect(url: string, stops: Stops): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  stops.add(() => client.end());
  return client;
}

let databases = 0;

/** An empty database in the benchmark's PostgreSQL, dropped in the end. @returns its URL. */
async function createDatabase({ postgres }: Bench, stops: Stops): Promise<string> {
  databases += 1;
  const name = `bench_${databases}`;
  const url = new URL(postgres.url);
  url.pathname = `/${name}`;
  async function run(statement: string): Promise<void> {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  }
  await run(`create database ${name}`);
  stops.add(() => run(`drop database ${name} with (force)`));
  return url.href;
}

/** What every process on one database must have alike. */
export interface Keys {
  readonly databaseUrl: string;
  readonly token: string;
  readonly secretKey: string;
}

export async function createKeys(bench: Bench, stops: Stops): Promise<Keys> {
  return {
    databaseUrl: await createDatabase(bench, stops),
    token: randomBytes(24).toString('hex'),
    secretKey: randomBytes(32).toString('hex'),
  };
}

/** @param environment what is set beside what every server of the benchmark has. */
export async function startServer(
  bench: Bench,
  stops: Stops,
  { databaseUrl, token, secretKey }: Keys,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  bench.signal.throwIfAborted();
  const server = await startServerProcess(
    {
      ...{ DATABASE_URL: databaseUrl, MUSTER_TOKEN: token, MUSTER_SECRET_KEY: secretKey },
      ...{ MUSTER_ROLE: 'all', MUSTER_LOG_LEVEL: 'warn', MUSTER_ALLOW_PRIVATE_TARGETS: '1' },
      ...environment,
    },
    bench.signal,
  );
  stops.add(server.stop);
  return server;
}

/** Starts Muster, one process for all, on a database of its own. `stops` ends all of it. */
export async function startBed(
  bench: Bench,
  stops: Stops,
  environment: Readonly<Record<string, string>> = {},
): Promise<Bed> {
  const keys = await createKeys(bench, stops);
  const server = await startServer(bench, stops, keys, environment);
  const client = createBenchClient(server.url, keys.token);
  stops.add(client.close);
  const sql = await connect(keys.databaseUrl, stops);
  return { server, client, sql, databaseUrl: keys.databaseUrl, token: keys.token };
}

/** `startBed` for the time of `act`. */
export function withBed<T>(
  bench: Bench,
  environment: Readonly<Record<string, string>>,
  act: (bed: Bed, stops: Stops) => Promise<T>,
): Promise<T> {
  return withStops(bench, async (stops) => act(await startBed(bench, stops, environment), stops));
}

/**
 * One round to warm up, unless each begins with a process of its own anyway, then those that count.
 * @param round gets its number, 0 for the warm-up, and tells in a few words what it has seen.
 * @returns what the counted ones have measured.
 */
export async function runRounds<T>(
  bench: Bench,
  round: (round: number) => Promise<{ measured: T; said: string }>,
  { hasWarmUp = true }: { hasWarmUp?: boolean } = {},
): Promise<T[]> {
  const counted: T[] = [];
  for (let number = hasWarmUp ? 0 : 1; number <= bench.rounds; number += 1) {
    bench.signal.throwIfAborted();
    globalThis.gc?.();
    const { measured, said } = await round(number);
    bench.tell(`  ${number === 0 ? 'warm-up' : `round ${number} of ${bench.rounds}`}: ${said}`);
    if (number > 0) counted.push(measured);
  }
  return counted;
}
