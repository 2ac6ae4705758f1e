import { sql } from 'kysely';
import { slotOf } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { type ProfileRow, type StoredProfile, toProfile } from './select-profiles.ts';

/**
 * One page of all profiles of a database after the profile `after`, in order of slot and id, which is the order of the
 * primary key: the lateral join reads one slot after the other and stops when the page is full.
 */
export async function pageProfiles(
  db: Db,
  databaseId: number,
  after: string | undefined,
  limit: number,
): Promise<StoredProfile[]> {
  const slot = after === undefined ? 0 : slotOf(after);
  const { rows } = await sql<ProfileRow>`
    select p.id, p.database_id, p.fields, p.subscriptions, p.created_at, p.updated_at
      from generate_series(${slot}::int, 63) as s(slot)
     cross join lateral (
       select id, database_id, fields, subscriptions, created_at, updated_at
         from profile
        where profile.slot = s.slot::smallint
          and database_id = ${databaseId}::int
          and id > case when s.slot = ${slot}::int then ${after ?? ''}::text else '' end
        order by id
        limit ${limit}::int
     ) p
     limit ${limit}::int
  `.execute(db);
  return rows.map(toProfile);
}
