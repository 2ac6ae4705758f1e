import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Deletes at most `limit` entries from before `before`, the oldest first; returns how many. */
export async function purgeAudit(db: Db, before: Date, limit: number): Promise<number> {
  const { rows } = await sql<{ purged: number }>`
    with old as (
      select id
      from audit
      where at < ${before}::timestamptz
      order by at
      limit ${limit}::integer
      for update skip locked
    ), gone as (
      delete from audit using old where audit.id = old.id returning 1
    )
    select count(*) as purged from gone
  `.execute(db);
  return rows[0]?.purged ?? 0;
}
