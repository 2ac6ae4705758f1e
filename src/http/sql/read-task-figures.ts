import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { QueueFigures } from '../metrics.ts';

/**
 * One pass over `task`, which holds some thousand narrow rows (a month of tasks; long envelopes lie outside the row).
 * Runs are summed from it because `run` has no index by status and grows by the million.
 */
export async function readTaskFigures(db: Db): Promise<Pick<QueueFigures, 'tasks' | 'runs'>> {
  const { rows } = await sql<Record<string, number>>`
    select
      count(*) filter (where finished_at is null and started_at is null) as pending,
      count(*) filter (where finished_at is null and started_at is not null) as processing,
      count(*) filter (where finished_at is not null and cancelled_at is null) as completed,
      count(*) filter (where cancelled_at is not null) as cancelled,
      coalesce(sum(started - runs_waiting - runs_ended - runs_failed), 0)::bigint as active,
      coalesce(sum(runs_waiting), 0)::bigint as waiting,
      coalesce(sum(runs_ended), 0)::bigint as ended,
      coalesce(sum(runs_failed), 0)::bigint as failed
    from task
  `.execute(db);
  const {
    pending = 0,
    processing = 0,
    completed = 0,
    cancelled = 0,
    active = 0,
    waiting = 0,
    ended = 0,
    failed = 0,
  } = rows[0] ?? {};
  return { tasks: { pending, processing, completed, cancelled }, runs: { active, waiting, ended, failed } };
}
