import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Keeps others from changing the template until the caller's transaction ends. */
export async function lockTemplate(tx: Db, id: number): Promise<void> {
  await sql`select from template where id = ${id}::int for update`.execute(tx);
}
