import { sql } from 'kysely';
import { slotOf } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

export interface Member {
  readonly profileId: string;
  /** Null in a filter segment, where nobody is put in. */
  readonly addedAt: Date | null;
}

/** A page of the members of a static segment after the profile `after`, in order of slot and id as `pageProfiles`. */
export async function pageMemberRows(
  db: Db,
  databaseId: number,
  segmentId: number,
  after: string | undefined,
  limit: number,
): Promise<Member[]> {
  const slot = after === undefined ? 0 : slotOf(after);
  const { rows } = await sql<{ profile_id: string; added_at: Date }>`
    select m.profile_id, m.added_at
      from generate_series(${slot}::int, 63) as s(slot)
     cross join lateral (
       select profile_id, added_at
         from segment_member
        where segment_member.slot = s.slot::smallint
          and database_id = ${databaseId}::int and segment_id = ${segmentId}::int
          and profile_id > case when s.slot = ${slot}::int then ${after ?? ''}::text else '' end
        order by profile_id
        limit ${limit}::int
     ) m
     limit ${limit}::int
  `.execute(db);
  return rows.map((row) => ({ profileId: row.profile_id, addedAt: row.added_at }));
}
