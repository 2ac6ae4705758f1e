import { type Clock, MusterError } from '../../base/index.ts';
import { type Db, TransactionConflict, withTx } from '../../db/index.ts';
import { WIDE_LANE } from '../../profiles/index.ts';
import { cancelChunks } from '../sql/cancel-chunks.ts';
import { ORDINARY_LANES } from '../sql/claim-lanes.ts';
import { lockLanes } from '../sql/lock-lanes.ts';
import { selectPendingLanes } from '../sql/select-pending-lanes.ts';
import { selectTaskSource, type TaskSource } from '../sql/select-task-source.ts';
import { getTaskStatus, type TaskStatus } from './task-status.ts';

/** Says whether the caller may use what belongs to that database; what he may not is as if it were not there. */
export type Permit = (databaseId: number) => boolean;

/**
 * Keeps everybody off the chunks that the task has left. Workers hold no chunk while they import it but its lane, so the
 * lanes are locked, and waited for. An audience that is being found may put chunks into any lane. Chunks of a task whose
 * rows still come in are nobody's work yet, and only the row of the task says whether more of them come.
 */
async function holdChunks(tx: Db, task: TaskSource): Promise<void> {
  if (task.isOpen) {
    const locked = await selectTaskSource(tx, task.id, true);
    if (locked?.isOpen !== true)
      throw new TransactionConflict('the last rows of the task have come meanwhile');
    return;
  }
  const lanes =
    task.audience === null ? await selectPendingLanes(tx, task.id) : [...ORDINARY_LANES, WIDE_LANE];
  await lockLanes(tx, task.databaseId, lanes);
}

/**
 * Stops what a task has not begun, in one transaction; what it has begun is waited for and stays done, and so do its
 * runs. Cancelling it again changes nothing. Locks: lanes, chunks, the task.
 * @param accept runs in that transaction with the status, when it was this call that cancelled the task.
 * @returns its status; undefined when there is no such task, or not for this caller.
 * @throws {MusterError} 409 when the task is completed.
 */
export async function cancelTask(
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  taskId: string,
  permit: Permit,
  accept: (tx: Db, status: TaskStatus) => Promise<void> = async () => {},
): Promise<TaskStatus | undefined> {
  return withTx(db, async (tx) => {
    const task = await selectTaskSource(tx, taskId);
    if (task === undefined || !permit(task.databaseId)) return undefined;
    if (task.finishedAt === null) await holdChunks(tx, task);
    const isNew = task.finishedAt === null && (await cancelChunks(tx, taskId, clock.now()));
    const status = await getTaskStatus(tx, clock, taskId, { from: 0, limit: 0 });
    if (status?.status === 'completed') {
      throw new MusterError(409, { field: 'task_id', detail: 'task_id: the task is completed' });
    }
    if (isNew && status !== undefined) await accept(tx, status);
    return status;
  });
}
