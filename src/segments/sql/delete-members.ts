import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Takes up to `limit` members, whoever they are, out of a segment. Returns their number. */
export async function deleteMembers(
  tx: Db,
  databaseId: number,
  segmentId: number,
  limit: number,
): Promise<number> {
  const { rows } = await sql<{ gone: number }>`
    with chosen as (
      select m.slot, m.profile_id
        from generate_series(0, 63) as s(slot)
       cross join lateral (
         select slot, profile_id
           from segment_member
          where segment_member.slot = s.slot::smallint
            and database_id = ${databaseId}::int and segment_id = ${segmentId}::int
          limit ${limit}::int
       ) m
       limit ${limit}::int
    ), gone as (
      delete from segment_member m
       using chosen c
       where m.slot = c.slot and m.database_id = ${databaseId}::int
         and m.segment_id = ${segmentId}::int and m.profile_id = c.profile_id
      returning 1
    )
    select count(*) as gone from gone
  `.execute(tx);
  return rows[0]?.gone ?? 0;
}
