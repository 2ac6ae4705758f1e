import { sql } from 'kysely';
import { slotOf } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { meetsFilter } from '../../profiles/index.ts';
import type { Filter } from '../../query/index.ts';

/**
 * Looks through the next `scanned` profiles of a database after `after`, in order of slot and id as `pageProfiles`.
 * @returns the first `limit` that meet the filter, and the last that was looked at where more may come after it.
 */
export async function scanProfiles(
  db: Db,
  scan: {
    readonly databaseId: number;
    readonly filter: Filter;
    readonly after: string | undefined;
    readonly scanned: number;
    readonly limit: number;
  },
): Promise<{ ids: string[]; last: string | undefined }> {
  const slot = scan.after === undefined ? 0 : slotOf(scan.after);
  const { rows } = await sql<{ ids: string[]; looked_at: number; last: string | null }>`
    with looked as materialized (
      select s.slot, p.id, ${meetsFilter(scan.filter)} as met
        from generate_series(${slot}::int, 63) as s(slot)
       cross join lateral (
         select *
           from profile
          where profile.slot = s.slot::smallint
            and database_id = ${scan.databaseId}::int
            and id > case when s.slot = ${slot}::int then ${scan.after ?? ''}::text else '' end
          order by id
          limit ${scan.scanned}::int
       ) p
       limit ${scan.scanned}::int
    )
    select array(select id from looked where met order by slot, id limit ${scan.limit}::int) as ids,
           (select count(*) from looked) as looked_at,
           (select id from looked order by slot desc, id desc limit 1) as last
  `.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('a scan of profiles returned no row');
  return { ids: row.ids, last: row.looked_at === scan.scanned ? (row.last ?? undefined) : undefined };
}
