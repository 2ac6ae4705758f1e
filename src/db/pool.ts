import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { withCopy } from './copy-pool.ts';

/** The handle that statements take first: the pool, or the transaction of the caller. Statements are raw and typed. */
export type Db = Kysely<object>;

const INT8 = 20;

/** Counts and generated ids stay far below 2^53, so `int8` arrives as a number instead of a string. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === INT8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format),
};

export interface DbOptions {
  readonly url: string;
  /** The most connections that this process opens. */
  readonly connections: number;
  /** Called for a connection that breaks while nobody uses it; the pool replaces it. */
  readonly onIdleFault: (fault: Error) => void;
}

/** Connections of one process to PostgreSQL. */
export interface PoolFigures {
  readonly total: number;
  readonly idle: number;
  /** Statements that wait for a connection. */
  readonly waiting: number;
}

/** Opens lazily: no connection is made before the first statement. Close it with `db.destroy()`. */
export function openPool(options: DbOptions): { db: Db; readPool: () => PoolFigures } {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connections,
    connectionTimeoutMillis: 10_000,
    application_name: 'muster',
    types,
  });
  pool.on('error', options.onIdleFault);
  return {
    db: new Kysely<object>({ dialect: new PostgresDialect({ pool: withCopy(pool) }) }),
    readPool: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
  };
}

/** `openPool` for those who do not watch the pool. */
export function openDb(options: DbOptions): Db {
  return openPool(options).db;
}
