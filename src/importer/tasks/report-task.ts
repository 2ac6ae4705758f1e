import type { JsonValue } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { SkippedSubscription } from '../../profiles/index.ts';
import { findTaskRuns, type StartOutcome, type TaskRun } from '../../workflow/index.ts';
import { pointerTo } from '../rows/item-pointer.ts';
import { toItemResult } from '../rows/item-result.ts';
import type { ItemState } from '../rows/item-state.ts';
import type { ListedChunk } from '../sql/select-chunk-list.ts';
import { selectTaskSource, type TaskSource } from '../sql/select-task-source.ts';
import type { Permit } from './cancel-task.ts';
import { type TaskItem, walkItems } from './walk-items.ts';

/** One item of a report, as callers read it. */
export interface ReportRow {
  readonly item: number;
  /** The item of the parent task that this one tries again. */
  readonly parent_item?: number;
  readonly state: ItemState;
  readonly profile_id?: string;
  readonly error?: number;
  readonly error_text?: string;
  readonly field?: string;
  /** Where in the item the error lies, as a JSON pointer. */
  readonly pointer?: string;
  readonly start?: StartOutcome;
  readonly run?: TaskRun;
  readonly skipped_subscriptions?: readonly SkippedSubscription[];
  /** The item as it was sent; null = it was not worth storing. */
  readonly row: JsonValue;
}

/** The keys of a row in their order. */
export const reportColumns = [
  'item',
  'parent_item',
  'state',
  'profile_id',
  'error',
  'error_text',
  'field',
  'pointer',
  'start',
  'run',
  'skipped_subscriptions',
  'row',
] as const satisfies readonly (keyof ReportRow)[];

export interface ReportFilter {
  /** The import states of the items that are wanted; undefined = all. */
  readonly states?: readonly ItemState[] | undefined;
  /** The codes of the errors that are wanted; undefined = items without an error, too. */
  readonly codes?: readonly number[] | undefined;
}

export interface ReportPage {
  readonly rows: readonly ReportRow[];
  /** The `from` of the next page; undefined = this is the last. */
  readonly nextFrom: number | undefined;
}

/** Rows whose runs one statement looks for. */
const BATCH = 500;

function kindOf(state: ItemState): ListedChunk['kind'] {
  return state === 'waiting' || state === 'cancelled' ? state : 'settled';
}

function isWanted({ state, result }: TaskItem, { states, codes }: ReportFilter): boolean {
  if (states !== undefined && !states.includes(state)) return false;
  if (codes === undefined) return true;
  return result !== undefined && 'fault' in result && codes.includes(result.fault.code);
}

function toReportRow({ envelope }: TaskSource, { row, state, result }: TaskItem, run?: TaskRun): ReportRow {
  const item = 'item' in row ? row.item : null;
  const { index, parentItem } = row;
  const fault = result !== undefined && 'fault' in result ? result.fault : undefined;
  const pointer = fault !== undefined && 'item' in row ? pointerTo(envelope, row.item, fault) : undefined;
  const start = result !== undefined && 'profileId' in result ? result.start : null;
  return {
    item: index,
    ...(parentItem === undefined ? {} : { parent_item: parentItem }),
    state,
    ...(result === undefined ? {} : toItemResult(result)),
    ...(pointer === undefined ? {} : { pointer }),
    ...(start === null ? {} : { start }),
    ...(run === undefined ? {} : { run }),
    row: item,
  };
}

async function toReportRows(db: Db, task: TaskSource, items: readonly TaskItem[]): Promise<ReportRow[]> {
  const { id, workflowId } = task;
  const started = items.flatMap(({ result }) =>
    result !== undefined && 'profileId' in result && result.start === 'started' ? [result] : [],
  );
  const runs =
    workflowId === null ? new Map<number, TaskRun>() : await findTaskRuns(db, { id, workflowId }, started);
  return items.map((item) => toReportRow(task, item, runs.get(item.row.index)));
}

/** The items that are wanted, from `from` on, at most `limit` at a time. */
async function* batchItems(
  db: Db,
  taskId: string,
  query: ReportFilter & { from: number; limit: number },
): AsyncGenerator<TaskItem[]> {
  const kinds = new Set<ListedChunk['kind']>(
    query.states === undefined ? ['waiting', 'cancelled', 'settled'] : query.states.map(kindOf),
  );
  let batch: TaskItem[] = [];
  for await (const item of walkItems(db, taskId, query.from, kinds)) {
    if (!isWanted(item, query)) continue;
    batch.push(item);
    if (batch.length < query.limit) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/**
 * A page of the items of a task in the order of the request: the state of each, why it was refused and where, the item
 * itself, and what has become of its run. Also while the task runs: each item is reported as it is when it is read.
 * @returns undefined when there is no such task, or not for this caller.
 */
export async function reportTask(
  db: Db,
  taskId: string,
  permit: Permit,
  query: ReportFilter & { readonly from: number; readonly limit: number },
): Promise<ReportPage | undefined> {
  const task = await selectTaskSource(db, taskId);
  if (task === undefined || !permit(task.databaseId)) return undefined;
  // One more than is shown tells where the next page begins.
  const items = batchItems(db, taskId, { ...query, limit: query.limit + 1 });
  const { value } = await items.next();
  await items.return(undefined);
  const found: readonly TaskItem[] = value ?? [];
  const rows = await toReportRows(db, task, found.slice(0, query.limit));
  return { rows, nextFrom: found[query.limit]?.row.index };
}

/**
 * The whole report, some rows at a time, in memory that does not grow with the task.
 * @returns undefined when there is no such task, or not for this caller.
 */
export async function streamReport(
  db: Db,
  taskId: string,
  permit: Permit,
  filter: ReportFilter,
): Promise<AsyncGenerator<ReportRow[]> | undefined> {
  const task = await selectTaskSource(db, taskId);
  if (task === undefined || !permit(task.databaseId)) return undefined;
  return (async function* toRows() {
    for await (const batch of batchItems(db, taskId, { ...filter, from: 0, limit: BATCH })) {
      yield await toReportRows(db, task, batch);
    }
  })();
}
