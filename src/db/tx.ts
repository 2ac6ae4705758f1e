import { type ControlledTransaction, sql } from 'kysely';
import pg from 'pg';
import { backoffMs, failure, type Outcome, success, systemClock } from '../base/index.ts';
import type { Db } from './pool.ts';

/** SQLSTATEs after which the same transaction may well succeed: serialization_failure and deadlock_detected. */
const RETRYABLE = new Set(['40001', '40P01']);
const MAX_ATTEMPTS = 5;

/**
 * Thrown inside a transaction that has met another one's work: it is rolled back and run again from its start, when it
 * sees what the other has done.
 */
export class TransactionConflict extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TransactionConflict';
  }
}

function isRetryable(fault: unknown): boolean {
  return fault instanceof TransactionConflict || RETRYABLE.has(sqlState(fault) ?? '');
}

/** The five-character SQLSTATE in a fault that PostgreSQL raised, else undefined. */
export function sqlState(fault: unknown): string | undefined {
  return fault instanceof pg.DatabaseError ? fault.code : undefined;
}

/**
 * Runs `work` in a READ COMMITTED transaction: commits when it returns, rolls back when it throws. A deadlock, a
 * serialization failure or a conflict repeats the whole of `work`, up to five times, so it must have no effect outside `tx`. In a
 * transaction of the caller's, `work` is a part of that one.
 */
export async function withTx<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  if (db.isTransaction) return work(db);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction().execute(work);
    } catch (fault) {
      if (!isRetryable(fault) || attempt === MAX_ATTEMPTS) throw fault;
      await systemClock.sleep(backoffMs(attempt, 10, 500));
    }
  }
}

/** A transaction that stays open from one function to another; whoever has it commits it or rolls it back. */
export type OpenTx = ControlledTransaction<object>;

/** Begins a READ COMMITTED transaction that its user ends. Nothing repeats it. */
export async function openTx(db: Db): Promise<OpenTx> {
  return db.startTransaction().execute();
}

/** PostgreSQL does not take the data: a bad value (class 22), a broken constraint (23), too much of it (54). */
export interface Refusal {
  readonly sqlState: string;
  /** PostgreSQL's own words, for the log: they may hold data. */
  readonly message: string;
}

/** The refusal in a fault, or undefined when it is something else, such as a lost connection or a bug. */
function refusalOf(fault: unknown): Refusal | undefined {
  const state = sqlState(fault);
  if (state === undefined || !(fault instanceof Error) || !/^(22|23|54)/.test(state)) return undefined;
  return { sqlState: state, message: fault.message };
}

/** `withTx` for data that came from outside: a refusal by PostgreSQL rolls back and is a value, not an exception. */
export async function withTxOrRefusal<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<Outcome<T, Refusal>> {
  try {
    return success(await withTx(db, work));
  } catch (fault) {
    const refusal = refusalOf(fault);
    if (refusal === undefined) throw fault;
    return failure(refusal);
  }
}

/**
 * The same inside a transaction, behind a savepoint: after a refusal the transaction goes on as if `work` had not been
 * there. Only for the rare way round a bad row; a savepoint costs two statements.
 */
export async function withSavepointOrRefusal<T>(
  tx: Db,
  work: () => Promise<T>,
): Promise<Outcome<T, Refusal>> {
  await sql`savepoint part`.execute(tx);
  try {
    const value = await work();
    await sql`release savepoint part`.execute(tx);
    return success(value);
  } catch (fault) {
    const refusal = refusalOf(fault);
    if (refusal === undefined) throw fault;
    await sql`rollback to savepoint part`.execute(tx);
    await sql`release savepoint part`.execute(tx);
    return failure(refusal);
  }
}

/** PostgreSQL has cancelled a statement, here because it took longer than it may. */
const QUERY_CANCELED = '57014';

/**
 * Runs `work` inside the transaction with a limit on each of its statements; what takes longer is undone, and the
 * transaction goes on as if `work` had not been there. For statements whose cost callers decide, such as filters.
 * @returns a failure when a statement took longer than `limitMs` milliseconds.
 */
export async function withStatementLimit<T>(
  db: Db,
  limitMs: number,
  work: (tx: Db) => Promise<T>,
): Promise<Outcome<T, 'too slow'>> {
  return withTx(db, async (tx) => {
    await sql`savepoint limited`.execute(tx);
    await sql`select set_config('statement_timeout', ${String(limitMs)}::text, true)`.execute(tx);
    try {
      const value = await work(tx);
      await sql`select set_config('statement_timeout', '0', true)`.execute(tx);
      await sql`release savepoint limited`.execute(tx);
      return success(value);
    } catch (fault) {
      if (sqlState(fault) !== QUERY_CANCELED) throw fault;
      await sql`rollback to savepoint limited`.execute(tx);
      await sql`release savepoint limited`.execute(tx);
      return failure('too slow');
    }
  });
}
