import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Deletes a list that has no entries. */
export async function deleteListRow(tx: Db, id: number): Promise<void> {
  await sql`delete from suppression_list where id = ${id}::int`.execute(tx);
}
