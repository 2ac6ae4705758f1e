import { type JsonObject, MusterError, newUuid } from '../../base/index.ts';
import { type Db, withTx } from '../../db/index.ts';
import { loadShape } from '../../profiles/index.ts';
import { findStartTarget } from '../../workflow/index.ts';
import { parseRetry } from '../requests/parse-retry.ts';
import { insertChunks, type NewChunk } from '../sql/insert-chunks.ts';
import { insertTask } from '../sql/insert-task.ts';
import { selectChildren } from '../sql/select-children.ts';
import { selectTaskSource, type TaskSource } from '../sql/select-task-source.ts';
import type { Permit } from './cancel-task.ts';
import { chooseRetries, type Retries } from './choose-retries.ts';
import { packAudience, packChunks, type SubmitDeps } from './submit-task.ts';

const DAY_MS = 86_400_000;

export interface RetryOutcome {
  /** The task that tries the items again. */
  readonly taskId: string;
  /** Its items. */
  readonly total: number;
  /** Items that are left for another request, since they are too many for one. */
  readonly left: number;
}

async function requireRetryable(db: Db, task: TaskSource): Promise<void> {
  if (task.finishedAt === null) {
    const detail = 'task_id: the task is not finished; cancel it, or wait';
    throw new MusterError(409, { field: 'task_id', detail });
  }
  const { workflowId } = task;
  if (workflowId !== null && (await findStartTarget(db, workflowId))?.active !== true) {
    const detail = `task_id: workflow ${workflowId} is not active`;
    throw new MusterError(409, { field: 'task_id', detail });
  }
}

async function packRetries(db: Db, task: TaskSource, { rows, isAudience }: Retries): Promise<NewChunk[]> {
  const [row] = rows;
  if (isAudience && row !== undefined) return packAudience(row);
  return packChunks(await loadShape(db, task.databaseId), task.envelope, rows);
}

/**
 * Makes a task of the failed items of a finished one, with its workflow, its rules and what its runs carry along, in one
 * transaction. No item is tried again twice from one task: the row of the task is locked, for as short as can be since
 * its counters still move.
 * @param body `codes` and `data` of the request.
 * @param accept runs in that transaction; when it throws, nothing is stored.
 * @returns undefined when there is no such task, or not for this caller.
 * @throws {MusterError} 400 for a body that cannot be read, 409 when the task or its items cannot be tried again.
 */
export async function retryFailed(
  deps: SubmitDeps,
  token: { readonly id: number | null },
  taskId: string,
  body: JsonObject,
  permit: Permit,
  accept: (tx: Db, outcome: RetryOutcome) => Promise<void> = async () => {},
): Promise<RetryOutcome | undefined> {
  const { db, clock, signals, maxItems } = deps;
  const request = parseRetry(body, maxItems);
  const found = await withTx(db, async (tx) => {
    const task = await selectTaskSource(tx, taskId);
    if (task === undefined || !permit(task.databaseId)) return undefined;
    await requireRetryable(tx, task);
    let retries = await chooseRetries(tx, task, request, maxItems);
    if ((await selectTaskSource(tx, taskId, true)) === undefined) return undefined;
    // Another may have taken some of them before the lock.
    if ((await selectChildren(tx, taskId)).length !== retries.children.length) {
      retries = await chooseRetries(tx, task, request, maxItems);
    }
    const chunks = await packRetries(tx, task, retries);
    const [now, id] = [clock.now(), newUuid()];
    const expiresAt = new Date(now.getTime() + deps.retentionDays * DAY_MS);
    await insertTask(tx, {
      ...{ id, kind: 'tasks/retry_failed', databaseId: task.databaseId, workflowId: task.workflowId },
      ...{ tokenId: token.id, parentId: task.id, envelope: task.envelope, contextId: task.contextId },
      audience: retries.isAudience ? task.audience : null,
      total: retries.isAudience ? 0 : retries.rows.length,
      chunks: chunks.length,
      isOpen: false,
      acceptedAt: now,
      // Not before the parent's, which would not know any more what was tried again.
      expiresAt: expiresAt < task.expiresAt ? task.expiresAt : expiresAt,
    });
    await insertChunks(tx, id, task.databaseId, chunks);
    const outcome = { taskId: id, total: retries.rows.length, left: retries.left };
    await accept(tx, outcome);
    await signals.reach('accept.before-commit');
    return outcome;
  });
  if (found === undefined) return undefined;
  await signals.reach('accept.after-commit');
  deps.wake();
  return found;
}
