import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Gives the caller's transaction its id now instead of at its first change. Whoever waits for all transactions older
 * than its own then waits for this one too.
 */
export async function assignTransactionId(tx: Db): Promise<void> {
  await sql`select pg_current_xact_id()`.execute(tx);
}
