import {
  invalidRequest,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  MusterError,
} from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { Envelope } from '../requests/envelope.ts';
import type { RetryRequest } from '../requests/parse-retry.ts';
import { selectChildren } from '../sql/select-children.ts';
import { selectNextPayload } from '../sql/select-next-payload.ts';
import type { TaskSource } from '../sql/select-task-source.ts';
import { type ChunkRow, unpackRows } from './chunk-bytes.ts';
import { toRow } from './split-rows.ts';
import { type TaskItem, walkItems } from './walk-items.ts';

/** The rows of a task that tries failed items again. */
export interface Retries {
  readonly rows: readonly ChunkRow[];
  /** Whether the one row stands for an audience that is to be looked for again. */
  readonly isAudience: boolean;
  /** Items that failed, are asked for, and are left for the next request since they are too many for one. */
  readonly left: number;
  /** The tasks that have tried items of this one before. */
  readonly children: readonly string[];
}

/** Items of the task that were tried again before: their tasks keep them with their rows. */
async function findTaken(db: Db, children: readonly string[]): Promise<Set<number>> {
  const taken = new Set<number>();
  for (const child of children) {
    let chunk = await selectNextPayload(db, child, 0);
    while (chunk !== undefined) {
      for (const { parentItem } of await unpackRows(chunk.payload)) {
        if (parentItem !== undefined) taken.add(parentItem);
      }
      chunk = await selectNextPayload(db, child, chunk.id);
    }
  }
  return taken;
}

/** The item as it is tried again: keys of the correction are put in the place of those that were sent. */
function correct({ items }: Envelope, row: ChunkRow, change: JsonObject | undefined): JsonValue | undefined {
  const item = 'item' in row ? row.item : undefined;
  if (change === undefined) return item;
  if (items !== 'wrapped') return change['data'];
  // What was sent without a frame is replaced as a whole.
  const frame = isJsonObject(item) && isJsonObject(item['data']) ? item : {};
  return { ...frame, ...change };
}

function requireFound(
  { corrections }: RetryRequest,
  found: ReadonlySet<number>,
  taken: ReadonlySet<number>,
): void {
  for (const [position, index] of [...corrections.keys()].entries()) {
    if (found.has(index)) continue;
    const name = `data[${position}].item`;
    if (!taken.has(index)) throw invalidRequest(name, `item ${index} of the task has not failed`);
    const detail = `${name}: item ${index} of the task was tried again before`;
    throw new MusterError(409, { field: name, detail });
  }
}

function refuseNothing(children: readonly string[], hasTaken: boolean, hasUnstored: boolean): never {
  const reasons = [
    hasTaken ? `its failed items are tried again by ${children.join(', ')}` : 'it has no such failed items',
    ...(hasUnstored ? ['items that were not stored can be tried again with data alone'] : []),
  ];
  throw new MusterError(409, { field: 'task_id', detail: `task_id: ${reasons.join('; ')}` });
}

/**
 * The failed items of a finished task that are asked for and that no task has tried again, in their order: those with
 * one of the codes and those that are corrected; where there are corrections and no codes, these alone.
 * @throws {MusterError} 400 or 409 when a correction is of an item that cannot be tried again, 409 when none is left.
 */
export async function chooseRetries(
  db: Db,
  task: TaskSource,
  request: RetryRequest,
  maxItems: number,
): Promise<Retries> {
  const { codes, corrections } = request;
  const children = await selectChildren(db, task.id);
  const taken = await findTaken(db, children);
  const found = new Set<number>();
  const rows: ChunkRow[] = [];
  let [left, hasTaken, hasUnstored, isAudience] = [0, false, false, false];
  for await (const item of walkItems(db, task.id, 0, new Set(['settled']))) {
    const change = corrections.get(item.row.index);
    if (!isFailed(item) || (change === undefined && !isAsked(item))) continue;
    if (taken.has(item.row.index)) {
      hasTaken = true;
      continue;
    }
    found.add(item.row.index);
    const corrected = correct(task.envelope, item.row, change);
    if (corrected === undefined) hasUnstored = true;
    else if (rows.length === maxItems) left += 1;
    else {
      rows.push({ ...toRow(task.envelope, corrected, rows.length), parentItem: item.row.index });
      isAudience = item.isAudience;
    }
  }
  requireFound(request, found, taken);
  if (rows.length === 0) refuseNothing(children, hasTaken, hasUnstored);
  return { rows, isAudience, left, children };

  function isFailed({ result }: TaskItem): boolean {
    return result !== undefined && 'fault' in result;
  }

  function isAsked({ result }: TaskItem): boolean {
    if (codes === undefined) return corrections.size === 0;
    return result !== undefined && 'fault' in result && codes.includes(result.fault.code);
  }
}
