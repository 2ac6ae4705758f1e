import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Filter } from '../../query/index.ts';
import { meetsFilter } from './profile-document.ts';

/** Of the first `limit` profiles of the database in the order of the primary key: how many there are, how many meet the filter. */
export async function sampleFilter(
  db: Db,
  databaseId: number,
  filter: Filter,
  limit: number,
): Promise<{ seen: number; met: number }> {
  const { rows } = await sql<{ seen: number; met: number }>`
    select count(*) as seen, count(*) filter (where meets) as met
      from (select ${meetsFilter(filter)} as meets
              from generate_series(0, 63) as s(slot)
             cross join lateral (
               select q.* from profile q
                where q.slot = s.slot::smallint and q.database_id = ${databaseId}::int
                order by q.id
                limit ${limit}::int
             ) p
             limit ${limit}::int) judged
  `.execute(db);
  return rows[0] ?? { seen: 0, met: 0 };
}
