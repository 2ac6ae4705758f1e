import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Deletes at most `limit` finished tasks that have expired, with their chunks; returns how many. */
export async function purgeTasks(db: Db, now: Date, limit: number): Promise<number> {
  const { rows } = await sql<{ purged: number }>`
    with old as (
      select id
        from task
       where expires_at < ${now}::timestamptz and finished_at is not null
       order by expires_at
       limit ${limit}::int
         for update skip locked
    ), gone as (
      delete from task using old where task.id = old.id returning 1
    )
    select count(*) as purged from gone
  `.execute(db);
  return rows[0]?.purged ?? 0;
}
