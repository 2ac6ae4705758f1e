import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { profileKeys } from './profile-keys.ts';

/** Takes profiles out of every static segment of their database. */
export async function deleteMemberships(
  tx: Db,
  databaseId: number,
  profileIds: readonly string[],
): Promise<void> {
  await sql`
    delete from segment_member m
     using json_to_recordset(${profileKeys(profileIds)}::json) as k(id text, slot smallint)
     where m.slot = k.slot and m.database_id = ${databaseId}::int and m.profile_id = k.id
  `.execute(tx);
}
