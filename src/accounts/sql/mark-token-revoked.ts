import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** @returns whether there is a token of that id. */
export async function markTokenRevoked(db: Db, id: number, now: Date): Promise<boolean> {
  const { rows } = await sql<{ id: number }>`
    update token
    set revoked_at = coalesce(revoked_at, ${now}::timestamptz)
    where id = ${id}::integer
    returning id
  `.execute(db);
  return rows.length > 0;
}
