import pg from 'pg';
import { backoffMs, systemClock } from '../base/index.ts';
import type { Db } from './pool.ts';

/** SQLSTATEs after which the same transaction may well succeed: serialization_failure and deadlock_detected. */
const RETRYABLE = new Set(['40001', '40P01']);
const MAX_ATTEMPTS = 5;

/** The five-character SQLSTATE in a fault that PostgreSQL raised, else undefined. */
export function sqlState(fault: unknown): string | undefined {
  return fault instanceof pg.DatabaseError ? fault.code : undefined;
}

/**
 * Runs `work` in a READ COMMITTED transaction: commits when it returns, rolls back when it throws. A deadlock or
 * serialization failure repeats the whole of `work`, up to five times, so it must have no effect outside `tx`.
 */
export async function withTx<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction().execute(work);
    } catch (fault) {
      const state = sqlState(fault);
      if (state === undefined || !RETRYABLE.has(state) || attempt === MAX_ATTEMPTS) throw fault;
      await systemClock.sleep(backoffMs(attempt, 10, 500));
    }
  }
}
