import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { EndedRun } from './end-live-runs.ts';
import type { RunKey } from './select-live-runs-of-profiles.ts';

/**
 * Ends runs that the caller has locked alive, and takes back their calls that were not sent. A call that is under way
 * is settled later and finds no run that waits for it; waiting for it here would deadlock, see `endLiveRuns`.
 */
export async function endLockedRuns(
  tx: Db,
  runs: readonly RunKey[],
  reason: string,
  now: Date,
): Promise<EndedRun[]> {
  const { rows } = await sql<{ task_id: string | null; before: 'active' | 'waiting' }>`
    with live as (
      select r.slot, r.id, r.status, r.call_id
        from run r
        join json_to_recordset(${JSON.stringify(runs)}::json) as k(slot smallint, id text)
          on r.slot = k.slot and r.id = k.id
    ), unsent as (
      select c.slot, c.id
        from api_call c
        join live on c.slot = live.slot and c.id = live.call_id
       where c.status = 'queued' and c.claim_token is null
         for update of c skip locked
    ), cancelled as (
      update api_call c
         set status = 'cancelled', due_at = null, settled_at = ${now}::timestamptz
        from unsent
       where c.slot = unsent.slot and c.id = unsent.id
    )
    update run r
       set status = 'ended', reason = ${reason}::text, ended_at = ${now}::timestamptz, due_at = null,
           claim_token = null, call_id = null, resume = null
      from live
     where r.slot = live.slot and r.id = live.id
    returning r.task_id, live.status as before
  `.execute(tx);
  return rows.map((row) => ({ taskId: row.task_id, before: row.before }));
}
