import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { EntryKind } from '../suppression-list.ts';

/** Takes the values out of a list. Returns how many were in it. */
export async function deleteValues(
  db: Db,
  listId: number,
  kind: EntryKind,
  values: readonly string[],
): Promise<number> {
  const { rows } = await sql<{ gone: number }>`
    with gone as (
      delete from suppression_entry
       where list_id = ${listId}::int and kind = ${kind}::text and value = any (${[...values]}::text[])
      returning 1
    )
    select count(*) as gone from gone
  `.execute(db);
  return rows[0]?.gone ?? 0;
}
