import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Settles the pending chunks of an unfinished task without a result, which is what says that they were cancelled, counts
 * their rows, and ends the task. It takes the claims away from their lanes: a worker that has claimed one and not begun
 * it finds the claim gone, and whoever comes next may have the lane at once.
 *
 * A worker that waits for its lane has read the chunks as they were before, so the lost claim is also what keeps it from
 * importing them. The caller's transaction holds the lanes, or the row of the task while its chunks are held back.
 * @returns false when the task had finished before, and nothing was done.
 */
export async function cancelChunks(tx: Db, taskId: string, now: Date): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    with gone as (
      update import_chunk
         set settled_at = ${now}::timestamptz
       where task_id = ${taskId}::uuid and settled_at is null
      returning database_id, lane, rows, is_held
    ), freed as (
      update import_lane l
         set claim_token = null, due_at = ${now}::timestamptz, attempts = 0
        from (select distinct database_id, lane from gone where not is_held) g
       where l.database_id = g.database_id and l.lane = g.lane
    ), counted as (
      select count(*)::int as chunks, coalesce(sum(rows), 0)::int as rows from gone
    )
    update task t
       set cancelled = t.cancelled + c.rows, chunks_left = t.chunks_left - c.chunks, is_open = false,
           cancelled_at = ${now}::timestamptz,
           finished_at = case when t.chunks_left = c.chunks then ${now}::timestamptz end
      from counted c
     where t.id = ${taskId}::uuid and t.finished_at is null
    returning t.id
  `.execute(tx);
  return rows.length > 0;
}
