import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** The same password, hashed anew: only where nobody has changed it since. */
export async function replacePasswordHash(
  db: Db,
  { id, from, to }: { id: number; from: string; to: string },
): Promise<boolean> {
  const { rows } = await sql<{ id: number }>`
    update user_account
    set password_hash = ${to}::text
    where id = ${id}::integer and password_hash = ${from}::text
    returning id
  `.execute(db);
  return rows.length > 0;
}
