import { MusterError } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { type CallSearch, type ListedCall, selectCalls } from '../sql/select-calls.ts';
import { settleOutcomes, type WriteCallEvents } from './settle-outcomes.ts';

/** What a person can make of a parked call: it has been done, it is sent once more, or it is left as it is. */
export const callDecisions = ['done', 'repeat', 'skip'] as const;
export type CallDecision = (typeof callDecisions)[number];

/** A page of API calls, the latest first; `next` = where the one after it begins. */
export async function listCalls(
  db: Db,
  search: CallSearch,
): Promise<{ calls: ListedCall[]; next: string | undefined }> {
  const found = await selectCalls(db, { ...search, limit: search.limit + 1 });
  const calls = found.slice(0, search.limit);
  return { calls, next: found.length > calls.length ? calls.at(-1)?.id : undefined };
}

/** @throws {MusterError} 404. */
export async function getCall(db: Db, id: string): Promise<ListedCall> {
  const [call] = await selectCalls(db, { databaseIds: null, id, limit: 1 });
  if (call === undefined) throw new MusterError(404, { detail: `there is no API call ${id}` });
  return call;
}

/**
 * Decides what becomes of a parked call: `done` and `skip` let its run go on by `next`, `repeat` sends it again with the
 * same Idempotency-Key. A call whose run has ended meanwhile is not repeated.
 * @throws {MusterError} 404 for an unknown call, 409 for one that is not parked.
 */
export async function resolveCall(
  db: Db,
  id: string,
  as: CallDecision,
  now: Date,
  writeCallEvents?: WriteCallEvents,
): Promise<void> {
  const call = await getCall(db, id);
  const { slot, runId, workflowId, version, retriesLeft, attempts, httpStatus, fault } = call;
  const statuses = { done: 'done', repeat: 'queued', skip: 'unknown' } as const;
  const outcome = {
    ...{ slot, id, runId, workflowId, version, retriesLeft, attempts, httpStatus, status: statuses[as] },
    ...{ token: null, isParked: false, saved: null },
    dueAt: as === 'repeat' ? now : null,
    fault: as === 'done' ? null : fault,
  };
  const isParked = call.state === 'parked';
  const settled = isParked ? await settleOutcomes(db, [outcome], { now, tell: writeCallEvents }) : undefined;
  if (settled === undefined || settled.written === 0)
    throw new MusterError(409, { detail: `the API call ${id} does not wait for a decision` });
}
