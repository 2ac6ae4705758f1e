import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Lets PostgreSQL cancel (57014) what takes longer, until the caller's transaction ends. */
export async function limitStatements(tx: Db, limitMs: number): Promise<void> {
  await sql`select set_config('statement_timeout', ${String(limitMs)}::text, true)`.execute(tx);
}
