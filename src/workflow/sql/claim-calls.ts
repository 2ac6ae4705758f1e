import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { UnknownPolicy } from '../../messages/index.ts';
import type { CallRequest } from '../nodes/walking-run.ts';

/** See `run.share`. */
export const SHARES = 16;

export interface ClaimedCall {
  readonly slot: number;
  readonly id: string;
  readonly runId: string;
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
  readonly host: string;
  readonly token: string;
  readonly now: Date;
  readonly leaseSeconds: number;
  readonly limit: number;
  /** The share that comes first when there are fewer places than shares. */
  readonly firstShare: number;
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
  const { host, token, now, leaseSeconds, limit, firstShare, pausedIds } = claim;
  const { rows } = await sql<CallRow>`
    with due as (
      select d.slot, d.id, d.share, row_number() over (partition by d.share order by d.due_at, d.id) as place
        from generate_series(0, ${SHARES - 1}::int) s(share)
       cross join lateral (
         select slot, id, share, due_at
           from api_call
          where host = ${host}::text and share = s.share and due_at <= ${now}::timestamptz
          order by due_at
          limit ${limit}::int
       ) d
    ), picked as (
      select slot, id from due
       order by place, (share + ${SHARES - firstShare}::int) % ${SHARES}::int
       limit ${limit}::int
    ), locked as (
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
    returning c.slot, c.id, c.run_id, c.request, c.save_as, c.on_unknown, c.retries_left, c.attempts, l.lost, l.stays,
              c.due_at as lease_end
  `.execute(tx);
  const calls = rows.filter((row) => !row.stays).map((row) => toClaimedCall(row, host));
  return { calls, held: rows.length - calls.length };
}

function toClaimedCall(row: CallRow, host: string): ClaimedCall {
  return {
    slot: row.slot,
    id: row.id,
    runId: row.run_id,
    place: host,
    request: row.request,
    saveAs: row.save_as,
    onUnknown: row.on_unknown,
    retriesLeft: row.retries_left,
    attempts: row.attempts,
    isLost: row.lost,
    leaseEnd: row.lease_end,
  };
}
