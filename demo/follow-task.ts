import { systemClock } from '../src/base/index.ts';
import type { TaskData } from '../src/http/admin/contract.ts';
import type { MusterClient } from './muster-client.ts';

const POLL_MS = 100;
const RESULT_PAGE = 2_000;

/** Asks for the status ten times a second until `isOver`; `onLook` sees every answer. Aborting makes it throw. */
async function poll(
  client: MusterClient,
  taskId: string,
  signal: AbortSignal,
  onLook: (task: TaskData) => void,
  isOver: (task: TaskData) => boolean,
): Promise<TaskData> {
  for (;;) {
    // Without results: they are of interest once, at the end.
    const task = await client.taskStatus(taskId, 0, 0);
    onLook(task);
    if (isOver(task)) return task;
    await systemClock.sleep(POLL_MS, signal);
    signal.throwIfAborted();
  }
}

/** Waits until every row is imported and started. @param onDone gets the rows that are dealt with. */
export async function followImport(
  client: MusterClient,
  taskId: string,
  signal: AbortSignal,
  onDone: (rows: number) => void,
): Promise<TaskData> {
  return poll(
    client,
    taskId,
    signal,
    ({ counters }) => onDone(counters.total - counters.waiting),
    ({ status }) => status === 'completed' || status === 'failed' || status === 'cancelled',
  );
}

/** Waits until every run that the task started is over. @param onDone gets the runs that are. */
export async function followRuns(
  client: MusterClient,
  taskId: string,
  signal: AbortSignal,
  onDone: (runs: number) => void,
): Promise<TaskData> {
  return poll(
    client,
    taskId,
    signal,
    ({ runs }) => onDone(runs.ended + runs.failed),
    ({ runs }) => runs.active === 0 && runs.waiting === 0,
  );
}

/** What became of every row, in the order of the request, fetched by pages. */
export async function fetchResults(client: MusterClient, taskId: string, total: number) {
  const results: NonNullable<TaskData['result']>['result'] = [];
  for (let from = 0; from < total; from += RESULT_PAGE) {
    const page = await client.taskStatus(taskId, from, RESULT_PAGE);
    results.push(...(page.result?.result ?? []));
  }
  return results;
}
