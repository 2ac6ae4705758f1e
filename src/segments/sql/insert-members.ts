import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { profileKeys } from './profile-keys.ts';

/**
 * Puts profiles into a static segment; those that are not in its database are passed over. The locks keep segment and
 * profiles from being deleted meanwhile. Returns those that were not in it.
 */
export async function insertMembers(
  tx: Db,
  segmentId: number,
  profileIds: readonly string[],
  now: Date,
): Promise<string[]> {
  const { rows } = await sql<{ profile_id: string }>`
    with target as (
      select id, database_id
        from segment
       where id = ${segmentId}::int and kind = 'static'
         for key share
    ), known as (
      select p.slot, p.database_id, t.id as segment_id, p.id
        from json_to_recordset(${profileKeys(profileIds)}::json) as k(id text, slot smallint)
       cross join target t
        join profile p on p.slot = k.slot and p.database_id = t.database_id and p.id = k.id
       order by p.id
         for key share of p
    )
    insert into segment_member (slot, database_id, segment_id, profile_id, added_at)
    select slot, database_id, segment_id, id, ${now}::timestamptz
      from known
    on conflict do nothing
    returning profile_id
  `.execute(tx);
  return rows.map((row) => row.profile_id);
}
