import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Until the transaction ends nobody else writes users, or gets this lock. */
export async function lockUserTable(tx: Db): Promise<void> {
  await sql`lock table user_account in share row exclusive mode`.execute(tx);
}
