import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** @returns whether there was one. Its sessions go with it. */
export async function deleteUserRow(db: Db, id: number): Promise<boolean> {
  const { rows } = await sql<{ id: number }>`
    delete from user_account where id = ${id}::integer returning id
  `.execute(db);
  return rows.length > 0;
}
