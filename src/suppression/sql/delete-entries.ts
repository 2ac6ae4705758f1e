import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Deletes up to `limit` entries of a list, whichever they are. Returns their number. */
export async function deleteEntries(db: Db, listId: number, limit: number): Promise<number> {
  const { rows } = await sql<{ gone: number }>`
    with gone as (
      delete from suppression_entry e
       using (select kind, value from suppression_entry where list_id = ${listId}::int limit ${limit}::int) c
       where e.list_id = ${listId}::int and e.kind = c.kind and e.value = c.value
      returning 1
    )
    select count(*) as gone from gone
  `.execute(db);
  return rows[0]?.gone ?? 0;
}
