import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Deletes at most `limit` counts that have not moved since `before`; returns how many. */
export async function purgeLoginAttempts(db: Db, before: Date, limit: number): Promise<number> {
  const { rows } = await sql<{ purged: number }>`
    with old as (
      select key
      from login_attempt
      where updated_at < ${before}::timestamptz
      order by updated_at
      limit ${limit}::integer
      for update skip locked
    ), gone as (
      delete from login_attempt using old where login_attempt.key = old.key returning 1
    )
    select count(*) as purged from gone
  `.execute(db);
  return rows[0]?.purged ?? 0;
}
