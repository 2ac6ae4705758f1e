import { sql } from 'kysely';
import { slotOf } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { Filter } from '../../query/index.ts';
import { meetsFilter } from './profile-document.ts';

/** The ids of those profiles among `ids` that meet the filter. */
export async function filterProfiles(
  db: Db,
  databaseId: number,
  ids: readonly string[],
  filter: Filter,
): Promise<Set<string>> {
  const keys = JSON.stringify(ids.map((id) => ({ id, slot: slotOf(id) })));
  const { rows } = await sql<{ id: string }>`
    select p.id
      from json_to_recordset(${keys}::json) as k(id text, slot smallint)
      join profile p on p.slot = k.slot and p.database_id = ${databaseId}::int and p.id = k.id
     where ${meetsFilter(filter)}
  `.execute(db);
  return new Set(rows.map((row) => row.id));
}
