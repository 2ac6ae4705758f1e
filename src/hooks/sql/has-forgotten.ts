import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Whether any profile was erased at that time or later. */
export async function hasForgotten(db: Db, since: Date): Promise<boolean> {
  const { rows } = await sql<{ has: boolean }>`
    select exists (select from forgotten_profile where forgotten_at >= ${since}::timestamptz) as has
  `.execute(db);
  return rows[0]?.has ?? true;
}
