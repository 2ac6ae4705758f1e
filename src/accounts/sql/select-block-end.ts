import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** When all of the keys may be tried again, maybe in the past; undefined = none was ever blocked. */
export async function selectBlockEnd(db: Db, keys: readonly string[]): Promise<Date | undefined> {
  const { rows } = await sql<{ blocked_until: Date | null }>`
    select max(blocked_until) as blocked_until from login_attempt where key = any (${[...keys]}::text[])
  `.execute(db);
  return rows[0]?.blocked_until ?? undefined;
}
