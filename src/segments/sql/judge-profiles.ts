import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { meetsFilter } from '../../profiles/index.ts';
import type { JudgedSegment } from '../segment.ts';
import { profileKeys } from './profile-keys.ts';
import type { Membership } from './select-memberships.ts';

/** Which of the profiles meet the filter of which segment. The caller bounds the number of segments. */
export async function judgeProfiles(
  db: Db,
  databaseId: number,
  profileIds: readonly string[],
  segments: readonly JudgedSegment[],
): Promise<Membership[]> {
  const met = segments.map(
    ({ id, filter }) => sql`select ${id}::int as segment_id where ${meetsFilter(filter)}`,
  );
  const { rows } = await sql<{ profile_id: string; segment_id: number }>`
    select p.id as profile_id, m.segment_id
      from json_to_recordset(${profileKeys(profileIds)}::json) as k(id text, slot smallint)
      join profile p on p.slot = k.slot and p.database_id = ${databaseId}::int and p.id = k.id
     cross join lateral (${sql.join(met, sql` union all `)}) m
  `.execute(db);
  return rows.map((row) => ({ profileId: row.profile_id, segmentId: row.segment_id }));
}
