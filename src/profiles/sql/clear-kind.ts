import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Cursor } from '../field-builds.ts';

export interface Cleared {
  readonly rows: number;
  /** Where the next step begins; undefined = there is nothing after it. */
  readonly next: Cursor | undefined;
}

/**
 * Deletes rows of one kind of `unique_value` or `identity` after the cursor, at most `limit`, in the order of slot, value and profile, so that those
 * which the steps before have left behind dead are not passed again, also where a million profiles share a value.
 */
export async function clearKind(
  tx: Db,
  databaseId: number,
  kind: number,
  after: Cursor,
  limit: number,
): Promise<Cleared> {
  const table = sql.table(after.table);
  const { rows } = await sql<{ slot: number; value: string; id: string; count: number }>`
    with page as (
      select p.slot, p.value, p.profile_id
        from generate_series(${after.slot}::int, 63) as s(slot)
       cross join lateral (
         select t.slot, t.value, t.profile_id
           from ${table} t
          where t.slot = s.slot::smallint and t.database_id = ${databaseId}::int and t.kind = ${kind}::int
            and (t.value, t.profile_id) > (case when s.slot = ${after.slot}::int then ${after.value}::text else '' end,
                                           case when s.slot = ${after.slot}::int then ${after.id}::text else '' end)
          order by t.value, t.profile_id
          limit ${limit}::int
       ) p
       limit ${limit}::int
    ), gone as (
      delete from ${table} t
       using page
       where t.slot = page.slot and t.database_id = ${databaseId}::int and t.kind = ${kind}::int
         and t.value = page.value and t.profile_id = page.profile_id
    )
    select slot, value, profile_id as id, count(*) over () as count
      from page
     order by slot desc, value desc, profile_id desc
     limit 1
  `.execute(tx);
  const [last] = rows;
  if (last === undefined) return { rows: 0, next: undefined };
  const { count, ...place } = last;
  return { rows: count, next: count < limit ? undefined : { table: after.table, ...place } };
}
