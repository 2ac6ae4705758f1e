import { sql } from 'kysely';
import type { JsonObject } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

/** What one try, or the decision of a person, has made of a call. */
export interface SettledCall {
  readonly slot: number;
  readonly id: string;
  readonly runId: string;
  /** Of the claim under which the try was made; null = it is parked, and a person has decided. */
  readonly token: string | null;
  readonly status: 'queued' | 'done' | 'failed' | 'unknown';
  /** When the next try is due; null = there is none. */
  readonly dueAt: Date | null;
  /** Its outcome is not known and a person is to decide: not settled, not due. */
  readonly isParked: boolean;
  readonly retriesLeft: number;
  readonly attempts: number;
  readonly httpStatus: number | null;
  readonly fault: string | null;
  /** What the run keeps of the answer, `{name: answer}`; null = nothing. */
  readonly saved: JsonObject | null;
}

/** A call whose outcome is decided, as its event tells. */
export interface EndedCall {
  readonly slot: number;
  readonly id: string;
  readonly runId: string;
  readonly databaseId: number;
  readonly profileId: string;
  readonly workflowId: number;
  readonly version: number;
  readonly node: string;
  /** Scheme, host and port of its URL. */
  readonly host: string;
  /** `cancelled`: its run had ended before the try did. */
  readonly status: 'done' | 'failed' | 'unknown' | 'cancelled';
  readonly attempts: number;
  readonly httpStatus: number | null;
  readonly fault: string | null;
}

interface EndedRow {
  slot: number;
  id: string;
  run_id: string;
  database_id: number;
  profile_id: string;
  workflow_id: number;
  version: number;
  node: string;
  host: string;
  status: EndedCall['status'];
  attempts: number;
  http_status: number | null;
  fault: string | null;
  settled: boolean;
}

/**
 * Writes outcomes, each only where the call still carries its claim's token, or none and is parked, and makes the runs
 * of calls that are settled for good due: by `next`, or by `error` with the reason. Runs that were ended meanwhile do
 * not wait for the call any more and stay as they are; nor is such a call tried again or parked.
 * @param tx holds the locks of the runs.
 * @returns how many outcomes were written, and the calls that are settled for good.
 */
export async function settleCalls(
  tx: Db,
  calls: readonly SettledCall[],
  now: Date,
): Promise<{ written: number; ended: EndedCall[] }> {
  const { rows } = await sql<EndedRow>`
    with outcome as (
      select * from json_to_recordset(${JSON.stringify(calls)}::json)
        as o(slot smallint, id text, "runId" text, token uuid, status text, "dueAt" timestamptz, "isParked" boolean,
             "retriesLeft" int, attempts int, "httpStatus" int, fault text, saved jsonb)
    ), held as (
      select c.slot, c.id,
             not (o.status = 'queued' or o."isParked") or exists (
               select from run r where r.slot = o.slot and r.id = o."runId" and r.effect_id = o.id) as wanted
        from api_call c
        join outcome o on c.slot = o.slot and c.id = o.id
       where c.claim_token = o.token
          or (o.token is null and c.claim_token is null and c.status = 'unknown' and c.settled_at is null)
       order by c.id
         for update of c
    ), settled as (
      update api_call c
         set status = case when held.wanted then o.status else 'cancelled' end,
             due_at = case when held.wanted then o."dueAt" end, claim_token = null, retries_left = o."retriesLeft",
             attempts = o.attempts, http_status = o."httpStatus", fault = o.fault,
             settled_at = case when not held.wanted or (o."dueAt" is null and not o."isParked")
                               then ${now}::timestamptz end
        from outcome o
        join held on held.slot = o.slot and held.id = o.id
       where c.slot = held.slot and c.id = held.id
      returning c.slot, c.id, c.run_id, c.database_id, c.profile_id, c.workflow_id, c.version, c.node, c.host,
                c.status, c.attempts, c.http_status, c.fault, c.settled_at, o.saved
    ), resumed as (
      update run r
         set due_at = ${now}::timestamptz, effect_id = null, claim_token = null,
             resume = case s.status when 'failed' then 'error' else 'next' end,
             reason = coalesce(s.fault, 'HTTP ' || s.http_status),
             saved = case when s.saved is null then r.saved else coalesce(r.saved, '{}'::jsonb) || s.saved end
        from settled s
       where r.slot = s.slot and r.id = s.run_id and r.effect_id = s.id
         and s.status in ('done', 'failed', 'unknown') and s.settled_at is not null
    )
    select slot, id, run_id, database_id, profile_id, workflow_id, version, node, host, status, attempts, http_status,
           fault, settled_at is not null as settled
      from settled
  `.execute(tx);
  return { written: rows.length, ended: rows.filter((row) => row.settled).map(toEndedCall) };
}

function toEndedCall(row: EndedRow): EndedCall {
  return {
    slot: row.slot,
    id: row.id,
    runId: row.run_id,
    databaseId: row.database_id,
    profileId: row.profile_id,
    workflowId: row.workflow_id,
    version: row.version,
    node: row.node,
    host: row.host,
    status: row.status,
    attempts: row.attempts,
    httpStatus: row.http_status,
    fault: row.fault,
  };
}
