import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface ForgottenProfile {
  readonly profileId: string;
  readonly databaseId: number;
}

/**
 * Profiles whose rows in tasks are to be emptied, those that were erased first, at most `limit`; none while the first
 * was erased after `before`.
 */
export async function findForgottenRows(db: Db, before: Date, limit: number): Promise<ForgottenProfile[]> {
  const { rows } = await sql<{ profile_id: string; database_id: number }>`
    select profile_id, database_id
      from forgotten_profile
     where rows_emptied_at is null
       and exists (select from forgotten_profile
                    where rows_emptied_at is null and forgotten_at < ${before}::timestamptz)
     order by forgotten_at
     limit ${limit}::int
  `.execute(db);
  return rows.map((row) => ({ profileId: row.profile_id, databaseId: row.database_id }));
}
