import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Locks the end of the log until the caller's transaction ends.
 * @returns false when another process has it; then that one gives the positions.
 */
export async function lockLogEnd(tx: Db): Promise<boolean> {
  const { rows } = await sql`select 1 from event_log where id = 1 for update skip locked`.execute(tx);
  return rows.length > 0;
}
