import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Which of the profiles were erased, and when: by database and id of the profile, as `1 0123…`. */
export async function findForgotten(db: Db, profileIds: readonly string[]): Promise<Map<string, Date>> {
  const { rows } = await sql<{ database_id: number; profile_id: string; forgotten_at: Date }>`
    select database_id, profile_id, forgotten_at
      from forgotten_profile
     where profile_id = any (${profileIds}::text[])
  `.execute(db);
  return new Map(rows.map((row) => [`${row.database_id} ${row.profile_id}`, row.forgotten_at]));
}
