import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Keeps others from making databases until the caller's transaction ends. */
export async function lockDatabases(tx: Db): Promise<void> {
  await sql`lock table database in share row exclusive mode`.execute(tx);
}
