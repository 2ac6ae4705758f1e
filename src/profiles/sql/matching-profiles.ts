import { type RawBuilder, sql } from 'kysely';
import { slotOf } from '../../base/index.ts';
import type { Filter } from '../../query/index.ts';
import { meetsFilter } from './profile-document.ts';

/**
 * The statement that counts the profiles of a database that meet a filter, for those who run it and those who have its
 * plan explained.
 * @param candidates the profiles that are looked at; undefined = all.
 */
export function countMatching(
  databaseId: number,
  filter: Filter,
  candidates: readonly string[] | undefined,
): RawBuilder<{ count: number }> {
  if (candidates === undefined) {
    return sql<{ count: number }>`
      select count(*) as count from profile p
       where p.database_id = ${databaseId}::int and ${meetsFilter(filter)}`;
  }
  const keys = JSON.stringify(candidates.map((id) => ({ id, slot: slotOf(id) })));
  return sql<{ count: number }>`
    select count(*) as count
      from json_to_recordset(${keys}::json) as k(id text, slot smallint)
      join profile p on p.slot = k.slot and p.database_id = ${databaseId}::int and p.id = k.id
     where ${meetsFilter(filter)}`;
}
