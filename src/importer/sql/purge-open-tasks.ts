import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Deletes at most `limit` open tasks that nothing was heard of until they expired, with their chunks and what their runs
 * would have shared: the process that took the stream has died. Returns how many.
 */
export async function purgeOpenTasks(db: Db, now: Date, limit: number): Promise<number> {
  const { rows } = await sql<{ purged: number }>`
    with silent as (
      select id
        from task
       where expires_at < ${now}::timestamptz and is_open
       order by expires_at
       limit ${limit}::int
         for update skip locked
    ), gone as (
      delete from task using silent where task.id = silent.id returning task.context_id
    ), shared as (
      delete from run_context using gone where run_context.id = gone.context_id
    )
    select count(*) as purged from gone
  `.execute(db);
  return rows[0]?.purged ?? 0;
}
