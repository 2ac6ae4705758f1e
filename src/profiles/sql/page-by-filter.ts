import { sql } from 'kysely';
import { slotOf } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { Filter } from '../../query/index.ts';
import { meetsFilter } from './profile-document.ts';

/**
 * The ids of the profiles that meet the filter, after the profile `after`, in order of slot and id, which is the order
 * of the primary key; at most `limit`.
 */
export async function pageByFilter(
  db: Db,
  databaseId: number,
  filter: Filter,
  after: string | undefined,
  limit: number,
): Promise<string[]> {
  const slot = after === undefined ? 0 : slotOf(after);
  const { rows } = await sql<{ id: string }>`
    select p.id
      from generate_series(${slot}::int, 63) as s(slot)
     cross join lateral (
       select p.id
         from profile p
        where p.slot = s.slot::smallint and p.database_id = ${databaseId}::int
          and p.id > case when s.slot = ${slot}::int then ${after ?? ''}::text else '' end
          and ${meetsFilter(filter)}
        order by p.id
        limit ${limit}::int
     ) p
     limit ${limit}::int
  `.execute(db);
  return rows.map(({ id }) => id);
}
