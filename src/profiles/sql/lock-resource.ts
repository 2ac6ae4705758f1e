import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Keeps others from changing the resource until the caller's transaction ends. */
export async function lockResource(tx: Db, id: number): Promise<void> {
  await sql`select from resource where id = ${id}::int for update`.execute(tx);
}
