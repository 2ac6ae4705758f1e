import type { Clock } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { RowError } from '../../profiles/index.ts';
import { type ItemResult, toItemResult } from '../rows/item-result.ts';
import { type SettledChunk, selectResults } from '../sql/select-results.ts';
import {
  pageTasks,
  type StateCounters,
  selectTask,
  selectTasks,
  type TaskQuery,
  type TaskRow,
  type TaskState,
} from '../sql/select-tasks.ts';
import { type RowResult, unpackResults, unpackRows } from './chunk-bytes.ts';
import { walkItems } from './walk-items.ts';

/** Every item is in one import state, and when it was imported in one start state: the sums are closed. */
export interface TaskCounters extends StateCounters {
  readonly total: number;
  readonly waiting: number;
}

export interface TaskStatus {
  readonly taskId: string;
  readonly databaseId: number;
  readonly workflowId: number | null;
  /** The task whose failed items this one tries again. */
  readonly parentId: string | null;
  readonly status: TaskState;
  /** Percent, 100 only when it is completed; that of a cancelled task stays where it was. */
  readonly progress: number;
  readonly counters: TaskCounters;
  /** The runs that the task has started, also after it is completed. */
  readonly runs: {
    readonly active: number;
    readonly waiting: number;
    readonly ended: number;
    readonly failed: number;
  };
  readonly acceptedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly expiresAt: Date;
  /** Null before the first rows are imported. */
  readonly rowsPerSecond: number | null;
  /** At the rate so far; null when there is none, 0 when it is finished. */
  readonly secondsLeft: number | null;
  /** 1 = no unfinished task was accepted before it; null when it is finished. */
  readonly queuePlace: number | null;
  /** In the order of the request; only of a finished task, and only where it was asked for. */
  readonly result?: readonly ItemResult[];
}

/** At least a millisecond, so that a rate is never infinite. */
function secondsOf(task: TaskRow, now: Date): number {
  const end = task.finishedAt ?? now;
  return task.startedAt === null ? 0 : Math.max(1, end.getTime() - task.startedAt.getTime()) / 1000;
}

function toStatus(task: TaskRow, now: Date): TaskStatus {
  const { counters: counted, runs } = task;
  const imported = counted.created + counted.updated + counted.unchanged;
  const done = imported + counted.invalid + counted.ambiguous + counted.notFound;
  const waiting = task.total - done - counted.cancelled;
  const isFinished = task.finishedAt !== null;
  const rate = done === 0 ? null : done / secondsOf(task, now);
  return {
    taskId: task.id,
    databaseId: task.databaseId,
    workflowId: task.workflowId,
    parentId: task.parentId,
    status: task.status,
    // While an audience is being found there is no total yet.
    progress:
      task.status === 'completed'
        ? 100
        : task.total === 0
          ? 0
          : Math.min(99, Math.floor((done / task.total) * 100)),
    counters: { total: task.total, waiting, ...counted },
    runs: { active: counted.started - runs.waiting - runs.ended - runs.failed, ...runs },
    acceptedAt: task.acceptedAt,
    startedAt: task.startedAt,
    finishedAt: task.finishedAt,
    expiresAt: task.expiresAt,
    rowsPerSecond: rate === null ? null : Math.round(rate * 10) / 10,
    secondsLeft: isFinished ? 0 : rate === null ? null : Math.round((waiting / rate) * 10) / 10,
    queuePlace: task.queuePlace,
  };
}

const FINISHED = new Set(['settled', 'cancelled'] as const);
const CANCELLED: RowError = { code: 409, text: 'not imported: the task was cancelled before this item' };

/** Of a chunk that was cancelled the rows themselves are left; one that stood for an audience had none. */
async function resultsOf({ rows, payload, result }: SettledChunk): Promise<RowResult[]> {
  if (result !== null) return unpackResults(result);
  if (payload === null || rows === 0) return [];
  return (await unpackRows(payload)).map(({ index, parentItem }) => ({
    ...(parentItem === undefined ? { index } : { index, parentItem }),
    fault: CANCELLED,
  }));
}

/** All results by one statement: for tasks no longer than a request may be. */
async function loadAllResults(db: Db, taskId: string): Promise<ItemResult[]> {
  const chunks = await selectResults(db, taskId);
  const rows = (await Promise.all(chunks.map(resultsOf))).flat();
  return rows.sort((left, right) => left.index - right.index).map(toItemResult);
}

/** A part of the results, chunk by chunk: what comes before and after it is not held in memory. */
async function loadResults(
  db: Db,
  taskId: string,
  { from, limit }: { from: number; limit: number },
): Promise<ItemResult[]> {
  const results: ItemResult[] = [];
  for await (const { row, result } of walkItems(db, taskId, from, FINISHED)) {
    const { index, parentItem } = row;
    const none = parentItem === undefined ? { index } : { index, parentItem };
    results.push(toItemResult(result ?? { ...none, fault: CANCELLED }));
    if (results.length === limit) break;
  }
  return results;
}

/**
 * How far a task has come. One statement; one more for the whole result of a finished one, or some for a part of it.
 * @param page the items whose results are wanted; `limit` 0 leaves the result out.
 * @returns undefined when there is no such task, or no more.
 */
export async function getTaskStatus(
  db: Db,
  clock: Clock,
  taskId: string,
  page: { from: number; limit: number },
): Promise<TaskStatus | undefined> {
  const task = await selectTask(db, taskId);
  if (task === undefined) return undefined;
  const status = toStatus(task, clock.now());
  if (status.finishedAt === null || page.limit === 0) return status;
  const isWhole = page.from === 0 && page.limit >= task.total;
  const result = isWhole ? await loadAllResults(db, taskId) : await loadResults(db, taskId, page);
  return { ...status, result };
}

/** Those of the tasks that are there, without their results. One statement. */
export async function getTaskStatuses(
  db: Db,
  clock: Clock,
  taskIds: readonly string[],
  databaseIds: readonly number[] | null,
): Promise<TaskStatus[]> {
  const now = clock.now();
  return (await selectTasks(db, taskIds, databaseIds)).map((task) => toStatus(task, now));
}

export interface TaskPage {
  readonly tasks: readonly TaskStatus[];
  /** The `after` of the next page; absent = this is the last. */
  readonly next?: string;
}

/** Tasks without their results, the last accepted first. */
export async function listTasks(db: Db, clock: Clock, query: TaskQuery): Promise<TaskPage> {
  const rows = await pageTasks(db, { ...query, limit: query.limit + 1 });
  const shown = rows.slice(0, query.limit);
  const now = clock.now();
  const tasks = shown.map((task) => toStatus(task, now));
  const last = shown.at(-1);
  return rows.length > query.limit && last !== undefined ? { tasks, next: last.id } : { tasks };
}
