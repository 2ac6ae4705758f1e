import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { CallRequest } from '../nodes/walking-run.ts';

export interface ClaimedCall {
  readonly slot: number;
  readonly id: string;
  readonly runId: string;
  readonly request: CallRequest;
  readonly saveAs: string | null;
  readonly retriesLeft: number;
  /** Tries before this one. */
  readonly attempts: number;
}

/**
 * Claims due calls, the longest due first. A try takes up to twice its time-out, once to wait for a connection and once
 * for the request; the lease lasts `leaseSeconds` longer than that.
 */
export async function claimCalls(
  db: Db,
  claim: { token: string; now: Date; leaseSeconds: number; limit: number },
): Promise<ClaimedCall[]> {
  const { rows } = await sql<{
    slot: number;
    id: string;
    run_id: string;
    request: CallRequest;
    save_as: string | null;
    retries_left: number;
    attempts: number;
  }>`
    with due as (
      select slot, id
        from api_call
       where due_at <= ${claim.now}::timestamptz
       order by due_at
       limit ${claim.limit}::int
         for update skip locked
    )
    update api_call c
       set claim_token = ${claim.token}::uuid,
           due_at = ${claim.now}::timestamptz
             + make_interval(secs => ${claim.leaseSeconds}::int + (c.request ->> 'timeoutMs')::int / 500.0)
      from due
     where c.slot = due.slot and c.id = due.id
    returning c.slot, c.id, c.run_id, c.request, c.save_as, c.retries_left, c.attempts
  `.execute(db);
  return rows.map((row) => ({
    slot: row.slot,
    id: row.id,
    runId: row.run_id,
    request: row.request,
    saveAs: row.save_as,
    retriesLeft: row.retries_left,
    attempts: row.attempts,
  }));
}
