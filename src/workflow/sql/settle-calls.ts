import { sql } from 'kysely';
import type { JsonObject } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

export interface SettledCall {
  readonly slot: number;
  readonly id: string;
  readonly runId: string;
  /** Of the claim under which the try was made. */
  readonly token: string;
  readonly status: 'queued' | 'done' | 'failed';
  /** When the next try is due; null = settled for good. */
  readonly dueAt: Date | null;
  readonly retriesLeft: number;
  readonly attempts: number;
  readonly httpStatus: number | null;
  readonly fault: string | null;
  /** What the run keeps of the answer, `{name: answer}`; null = nothing. */
  readonly saved: JsonObject | null;
}

/**
 * Writes the outcomes of tries, each only where the call still carries its claim's token, and makes the runs of calls
 * that are settled for good due: by `next`, or by `error` with the reason. Runs that were ended meanwhile do not wait
 * for the call any more and stay as they are; nor is such a call tried again. One statement; locks calls and then
 * runs, in order of id.
 * @returns how many calls were settled.
 */
export async function settleCalls(db: Db, calls: readonly SettledCall[], now: Date): Promise<number> {
  const { rows } = await sql<{ settled: number }>`
    with outcome as (
      select * from json_to_recordset(${JSON.stringify(calls)}::json)
        as o(slot smallint, id text, "runId" text, token uuid, status text, "dueAt" timestamptz, "retriesLeft" int,
             attempts int, "httpStatus" int, fault text, saved jsonb)
    ), held as (
      select c.slot, c.id,
             o.status <> 'queued' or exists (
               select from run r where r.slot = o.slot and r.id = o."runId" and r.call_id = o.id) as wanted
        from api_call c
        join outcome o on c.slot = o.slot and c.id = o.id
       where c.claim_token = o.token
       order by c.id
         for update of c
    ), settled as (
      update api_call c
         set status = case when held.wanted then o.status else 'cancelled' end,
             due_at = case when held.wanted then o."dueAt" end, claim_token = null, retries_left = o."retriesLeft",
             attempts = o.attempts, http_status = o."httpStatus", fault = o.fault,
             settled_at = case when o."dueAt" is null or not held.wanted then ${now}::timestamptz end
        from outcome o
        join held on held.slot = o.slot and held.id = o.id
       where c.slot = held.slot and c.id = held.id
      returning c.slot, c.id, o."runId" as run_id, c.status, o.fault, o.saved
    ), waiting as (
      select r.slot, r.id, s.status, s.fault, s.saved
        from run r
        join settled s on r.slot = s.slot and r.id = s.run_id
       where s.status <> 'queued' and r.call_id = s.id
       order by r.id
         for update of r
    ), resumed as (
      update run r
         set due_at = ${now}::timestamptz, call_id = null, claim_token = null,
             resume = case waiting.status when 'done' then 'next' else 'error' end,
             reason = waiting.fault,
             saved = case when waiting.saved is null then r.saved
                          else coalesce(r.saved, '{}'::jsonb) || waiting.saved end
        from waiting
       where r.slot = waiting.slot and r.id = waiting.id
    )
    select count(*) as settled from settled
  `.execute(db);
  return rows[0]?.settled ?? 0;
}
