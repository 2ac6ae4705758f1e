import { sql } from 'kysely';
import { type OutboxTable, pickDue } from '../../budgets/index.ts';
import type { Db } from '../../db/index.ts';
import type { UnknownPolicy } from '../../messages/index.ts';
import type { CallRequest } from '../nodes/walking-run.ts';

/** The outbox: the place of a call is the host that it goes to. */
export const callOutbox: OutboxTable = { name: 'api_call', place: 'host', placeType: 'text' };

export interface ClaimedCall {
  readonly slot: number;
  readonly id: string;
  readonly runId: string;
  readonly workflowId: number;
  readonly version: number;
  /** The host that it goes to, see `api_call.host`. */
  readonly place: string;
  readonly request: CallRequest;
  readonly saveAs: string | null;
  readonly onUnknown: UnknownPolicy;
  readonly retriesLeft: number;
  /** Tries before this one, lost ones too. */
  readonly attempts: number;
  /** Whether the last try was lost with its worker: what has become of it is not known. */
  readonly isLost: boolean;
  readonly leaseEnd: Date;
}

interface CallRow {
  slot: number;
  id: string;
  run_id: string;
  workflow_id: number;
  version: number;
  request: CallRequest;
  save_as: string | null;
  on_unknown: UnknownPolicy;
  retries_left: number;
  attempts: number;
  lost: boolean;
  stays: boolean;
  lease_end: Date;
}

export interface HostClaim {
  readonly place: string;
  readonly token: string;
  readonly now: Date;
  readonly leaseSeconds: number;
  readonly limit: number;
  readonly pausedIds: readonly number[];
}

/**
 * Claims due calls to one host, as many of each share as of every other, in each the longest due first. A try takes up
 * to twice its time-out, once to wait for a connection and once for the request; the lease lasts `leaseSeconds` longer
 * than that. Calls of paused workflows are held instead, except those that will not be sent whatever happens. A lost
 * try counts as one.
 * @returns the claimed calls, and how many were held.
 */
export async function claimCalls(tx: Db, claim: HostClaim): Promise<{ calls: ClaimedCall[]; held: number }> {
  const { place, token, now, leaseSeconds, pausedIds } = claim;
  const { rows } = await sql<CallRow>`
    with ${pickDue(callOutbox, claim)}, locked as (
      select c.slot, c.id, c.claim_token is not null as lost,
             c.workflow_id = any(${pausedIds}::int[]) and (c.claim_token is null or c.on_unknown = 'repeat') as stays
        from api_call c
        join picked p on c.slot = p.slot and c.id = p.id
       where c.due_at <= ${now}::timestamptz
         for update of c skip locked
    )
    update api_call c
       set status = case when l.stays then 'held' else c.status end,
           claim_token = case when not l.stays then ${token}::uuid end,
           due_at = case when not l.stays then ${now}::timestamptz
             + make_interval(secs => ${leaseSeconds}::int + (c.request ->> 'timeoutMs')::int / 500.0) end,
           attempts = c.attempts + l.lost::int,
           retries_left = greatest(0, c.retries_left - l.lost::int)
      from locked l
     where c.slot = l.slot and c.id = l.id
    returning c.slot, c.id, c.run_id, c.workflow_id, c.version, c.request, c.save_as, c.on_unknown, c.retries_left,
              c.attempts, l.lost, l.stays, c.due_at as lease_end
  `.execute(tx);
  const calls = rows.filter((row) => !row.stays).map((row) => toClaimedCall(row, place));
  return { calls, held: rows.length - calls.length };
}

function toClaimedCall(row: CallRow, place: string): ClaimedCall {
  return {
    slot: row.slot,
    id: row.id,
    runId: row.run_id,
    workflowId: row.workflow_id,
    version: row.version,
    place,
    request: row.request,
    saveAs: row.save_as,
    onUnknown: row.on_unknown,
    retriesLeft: row.retries_left,
    attempts: row.attempts,
    isLost: row.lost,
    leaseEnd: row.lease_end,
  };
}
