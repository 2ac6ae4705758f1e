import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { profileKeys } from './profile-keys.ts';

export interface Membership {
  readonly profileId: string;
  readonly segmentId: number;
}

/** Which of the profiles are in that static segment, or in which they are where `segmentId` is null. */
export async function selectMemberships(
  db: Db,
  databaseId: number,
  profileIds: readonly string[],
  segmentId: number | null,
): Promise<Membership[]> {
  const { rows } = await sql<{ profile_id: string; segment_id: number }>`
    select m.profile_id, m.segment_id
      from json_to_recordset(${profileKeys(profileIds)}::json) as k(id text, slot smallint)
      join segment_member m
        on m.slot = k.slot and m.database_id = ${databaseId}::int and m.profile_id = k.id
     where ${segmentId}::int is null or m.segment_id = ${segmentId}::int
  `.execute(db);
  return rows.map((row) => ({ profileId: row.profile_id, segmentId: row.segment_id }));
}
