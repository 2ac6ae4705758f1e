import { type RawBuilder, sql } from 'kysely';
import type { JsonObject } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

/** What one try, or the decision of a person, has made of a call. */
export interface SettledCall {
  readonly slot: number;
  readonly id: string;
  readonly runId: string;
  readonly workflowId: number;
  readonly version: number;
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

/** The outcomes as a table. Arrays are read twice as fast as a recordset of JSON. */
function outcomesOf(calls: readonly SettledCall[], walked: ReadonlySet<string>): RawBuilder<unknown> {
  const saved = calls.map((call) => (call.saved === null ? null : JSON.stringify(call.saved)));
  return sql`unnest(
    ${calls.map(({ slot }) => slot)}::smallint[], ${calls.map(({ id }) => id)}::text[],
    ${calls.map(({ runId }) => runId)}::text[], ${calls.map(({ token }) => token)}::uuid[],
    ${calls.map(({ status }) => status)}::text[], ${calls.map(({ dueAt }) => dueAt)}::timestamptz[],
    ${calls.map(({ isParked }) => isParked)}::boolean[], ${calls.map(({ retriesLeft }) => retriesLeft)}::int[],
    ${calls.map(({ attempts }) => attempts)}::int[], ${calls.map(({ httpStatus }) => httpStatus)}::int[],
    ${calls.map(({ fault }) => fault)}::text[], ${saved}::jsonb[],
    ${calls.map(({ id }) => walked.has(id))}::boolean[]
  ) as o(slot, id, run_id, token, status, due_at, is_parked, retries_left, attempts, http_status, fault, saved, is_walked)`;
}

/**
 * Writes outcomes, each only where the call still carries its claim's token, or none and is parked, and makes the runs
 * of calls that are settled for good due: by `next`, or by `error` with the reason. Runs that were ended meanwhile do
 * not wait for the call any more and stay as they are; nor is such a call tried again or parked.
 * @param tx holds the locks of the runs.
 * @param walked ids of calls whose runs the caller walks: these get the answer that they keep, and nothing else.
 * @returns how many outcomes were written, and the calls that are settled for good.
 */
export async function settleCalls(
  tx: Db,
  calls: readonly SettledCall[],
  walked: ReadonlySet<string>,
  now: Date,
): Promise<{ written: number; ended: EndedCall[] }> {
  const { rows } = await sql<EndedRow>`
    with outcome as (
      select * from ${outcomesOf(calls, walked)}
    ), held as (
      select c.slot, c.id,
             not (o.status = 'queued' or o.is_parked) or exists (
               select from run r where r.slot = o.slot and r.id = o.run_id and r.effect_id = o.id) as wanted
        from api_call c
        join outcome o on c.slot = o.slot and c.id = o.id
       where c.claim_token = o.token
          or (o.token is null and c.claim_token is null and c.status = 'unknown' and c.settled_at is null)
       order by c.id
         for update of c
    ), settled as (
      update api_call c
         set status = case when held.wanted then o.status else 'cancelled' end,
             due_at = case when held.wanted then o.due_at end, claim_token = null, retries_left = o.retries_left,
             attempts = o.attempts, http_status = o.http_status, fault = o.fault,
             settled_at = case when not held.wanted or (o.due_at is null and not o.is_parked)
                               then ${now}::timestamptz end
        from outcome o
        join held on held.slot = o.slot and held.id = o.id
       where c.slot = held.slot and c.id = held.id
      returning c.slot, c.id, c.run_id, c.database_id, c.profile_id, c.workflow_id, c.version, c.node, c.host,
                c.status, c.attempts, c.http_status, c.fault, c.settled_at, o.saved, o.is_walked
    ), resumed as (
      update run r
         set due_at = case when not s.is_walked then ${now}::timestamptz end,
             effect_id = case when s.is_walked then r.effect_id end,
             claim_token = null,
             resume = case when s.is_walked then r.resume when s.status = 'failed' then 'error' else 'next' end,
             reason = case when s.is_walked then r.reason else coalesce(s.fault, 'HTTP ' || s.http_status) end,
             saved = case when s.saved is null then r.saved else coalesce(r.saved, '{}'::jsonb) || s.saved end
        from settled s
       where r.slot = s.slot and r.id = s.run_id and r.effect_id = s.id
         and s.status in ('done', 'failed', 'unknown') and s.settled_at is not null
         and (not s.is_walked or s.saved is not null)
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
