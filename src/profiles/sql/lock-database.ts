import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Keeps others from changing the settings and fields of the database, and from working on its builds, until the
 * caller's transaction ends. Imports go on.
 */
export async function lockDatabase(tx: Db, id: number): Promise<void> {
  await sql`select from database where id = ${id}::int for no key update`.execute(tx);
}
