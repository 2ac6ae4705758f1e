import type { TaskStatus } from '../importer/index.ts';
import type { TaskData } from './admin/contract.ts';

/** A task as answers print it. The first three keys are the platform's, in its order; the rest is ours. */
export function toTaskData(task: TaskStatus): TaskData {
  const { counters } = task;
  return {
    status: task.status,
    progress: task.progress,
    ...(task.result === undefined ? {} : { result: { error: 0, error_text: '', result: [...task.result] } }),
    counters: {
      total: counters.total,
      waiting: counters.waiting,
      created: counters.created,
      updated: counters.updated,
      unchanged: counters.unchanged,
      invalid: counters.invalid,
      ambiguous: counters.ambiguous,
      not_found: counters.notFound,
      cancelled: counters.cancelled,
      started: counters.started,
      skipped_reentry: counters.skippedReentry,
    },
    runs: { ...task.runs },
    accepted_at: task.acceptedAt.toISOString(),
    started_at: task.startedAt?.toISOString() ?? null,
    finished_at: task.finishedAt?.toISOString() ?? null,
    expires_at: task.expiresAt.toISOString(),
    rows_per_second: task.rowsPerSecond,
    seconds_left: task.secondsLeft,
    queue_place: task.queuePlace,
    parent_id: task.parentId,
  };
}
