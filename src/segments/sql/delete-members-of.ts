import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { profileKeys } from './profile-keys.ts';

/** Takes profiles out of a static segment. Returns those that were in it. */
export async function deleteMembersOf(
  tx: Db,
  segmentId: number,
  profileIds: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ profile_id: string }>`
    delete from segment_member m
     using json_to_recordset(${profileKeys(profileIds)}::json) as k(id text, slot smallint), segment s
     where s.id = ${segmentId}::int
       and m.slot = k.slot and m.database_id = s.database_id and m.segment_id = s.id and m.profile_id = k.id
    returning m.profile_id
  `.execute(tx);
  return rows.map((row) => row.profile_id);
}
