import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** @returns whether there was one. */
export async function deleteBudget(db: Db, key: string): Promise<boolean> {
  const { rows } = await sql`delete from budget where key = ${key}::text returning 1`.execute(db);
  return rows.length > 0;
}
