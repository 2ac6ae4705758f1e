import type { TaskData } from '../../src/http/admin/contract.ts';
import { type BenchClient, until } from '../environment/client.ts';
import type { BatchKind } from './batch-body.ts';

/** From sending the request, ms. */
export interface ImportTimes {
  /** Until its answer was there. */
  readonly acceptMs: number;
  /** Until the task was seen to be `completed`: every profile imported and started. */
  readonly completedMs: number;
  /** Until the last of its runs was seen to have ended. */
  readonly runsEndedMs: number;
}

/** What is wrong with a task that is over. A fast wrong import is no figure. */
function check(rows: number, kind: BatchKind | 'any', { counters, runs, status }: TaskData): void {
  const { created, updated } = counters;
  const imported = { new: created, existing: updated, any: created + updated }[kind];
  if (status === 'completed' && imported === rows && counters.started === rows && runs.failed === 0) return;
  throw new Error(`a batch went wrong: ${JSON.stringify({ kind, rows, status, counters, runs })}`);
}

/** @returns the task when every row of it was imported and started. */
export function untilCompleted(
  client: BenchClient,
  taskId: string,
  rows: number,
  signal: AbortSignal,
  kind: BatchKind | 'any' = 'any',
): Promise<TaskData> {
  const look = async (): Promise<TaskData | undefined> => {
    const task = await client.taskStatus(taskId);
    if (['pending', 'processing'].includes(task.status)) return undefined;
    check(rows, kind, task);
    return task;
  };
  return until(look, signal, { what: 'a batch to be imported' });
}

/** Until none of a task's runs is inside any more; as many must have ended, and none failed. */
export async function untilEnded(
  client: BenchClient,
  taskId: string,
  rows: number,
  signal: AbortSignal,
): Promise<void> {
  const look = async (): Promise<true | undefined> => {
    const { runs } = await client.taskStatus(taskId);
    if (runs.active + runs.waiting > 0) return undefined;
    if (runs.ended !== rows) throw new Error(`runs went wrong: ${JSON.stringify({ rows, runs })}`);
    return true;
  };
  await until(look, signal, { what: 'runs to end' });
}

/** Sends a batch and waits until its last run has ended. */
export async function measureImport(
  client: BenchClient,
  batch: { readonly kind: BatchKind; readonly rows: number; readonly body: string },
  signal: AbortSignal,
): Promise<{ taskId: string; times: ImportTimes }> {
  const { kind, rows, body } = batch;
  globalThis.gc?.();
  const sentAt = performance.now();
  const taskId = await client.importBatch(body);
  const acceptMs = performance.now() - sentAt;
  await untilCompleted(client, taskId, rows, signal, kind);
  const completedMs = performance.now() - sentAt;
  await untilEnded(client, taskId, rows, signal);
  return { taskId, times: { acceptMs, completedMs, runsEndedMs: performance.now() - sentAt } };
}

/** Sends a batch, waits until it was imported, and looks at no clock. @returns the task. */
export async function importAll(
  client: BenchClient,
  body: string,
  rows: number,
  signal: AbortSignal,
): Promise<string> {
  const taskId = await client.importBatch(body);
  await untilCompleted(client, taskId, rows, signal);
  return taskId;
}
