import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Deletes at most `limit` sessions that have expired; returns how many. */
export async function purgeSessions(db: Db, now: Date, limit: number): Promise<number> {
  const { rows } = await sql<{ purged: number }>`
    with old as (
      select token_hash
      from user_session
      where expires_at <= ${now}::timestamptz
      order by expires_at
      limit ${limit}::integer
      for update skip locked
    ), gone as (
      delete from user_session using old where user_session.token_hash = old.token_hash returning 1
    )
    select count(*) as purged from gone
  `.execute(db);
  return rows[0]?.purged ?? 0;
}
