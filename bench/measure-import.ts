import { systemClock } from '../src/base/index.ts';
import type { TaskData } from '../src/http/admin/contract.ts';
import type { BatchKind } from './batch-body.ts';
import type { BenchClient } from './bench-client.ts';

const POLL_MS = 5;

/** From sending the request, ms. */
export interface ImportTimes {
  /** Until its answer was there. */
  readonly acceptMs: number;
  /** Until the task was seen to be `completed`: every profile imported and started. */
  readonly completedMs: number;
  /** Until the last of its runs was seen to have ended. */
  readonly runsEndedMs: number;
}

/** A fast wrong import is no figure. */
function check(kind: BatchKind, rows: number, task: TaskData): void {
  const { counters, runs, status } = task;
  const imported = kind === 'new' ? counters.created : counters.updated;
  const isRight = imported === rows && counters.started === rows && runs.ended === rows;
  if (status === 'completed' && isRight) return;
  throw new Error(`the batch went wrong: ${JSON.stringify({ kind, rows, status, counters, runs })}`);
}

/** Sends a batch and waits until its last run has ended. */
export async function measureImport(
  client: BenchClient,
  kind: BatchKind,
  rows: number,
  body: string,
  signal: AbortSignal,
): Promise<{ taskId: string; times: ImportTimes }> {
  globalThis.gc?.();
  const sentAt = performance.now();
  const taskId = await client.importBatch(body);
  const acceptMs = performance.now() - sentAt;
  let completedMs: number | undefined;
  for (;;) {
    const task = await client.taskStatus(taskId);
    const seenMs = performance.now() - sentAt;
    const isOver = !['pending', 'processing'].includes(task.status);
    if (isOver) completedMs ??= seenMs;
    if (completedMs !== undefined && task.runs.active + task.runs.waiting === 0) {
      check(kind, rows, task);
      return { taskId, times: { acceptMs, completedMs, runsEndedMs: seenMs } };
    }
    await systemClock.sleep(POLL_MS, signal);
    signal.throwIfAborted();
  }
}
