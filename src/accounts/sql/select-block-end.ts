import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** When the key may be tried again; undefined = it is not blocked. */
export async function selectBlockEnd(db: Db, key: string): Promise<Date | undefined> {
  const { rows } = await sql<{ blocked_until: Date | null }>`
    select blocked_until from login_attempt where key = ${key}::text
  `.execute(db);
  return rows[0]?.blocked_until ?? undefined;
}
