import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Deletes the hook with its deliveries and its place in the log; returns whether there was one. */
export async function deleteHookRow(db: Db, id: number): Promise<boolean> {
  const { rows } = await sql`delete from hook where id = ${id}::int returning id`.execute(db);
  return rows.length > 0;
}
