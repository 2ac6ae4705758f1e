import { sql } from 'kysely';
import { slotOf } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

export interface EndedRun {
  readonly taskId: string | null;
  readonly before: 'active' | 'waiting';
}

/**
 * Ends the runs that these profiles have inside the workflow, and takes back their calls that were not sent. Locks in
 * order of id, as the engine does. A call that is under way is settled later and finds no run that waits for it; one
 * that is locked is under way too, and waiting for it here would deadlock with its settling, which locks the run next.
 */
export async function endLiveRuns(
  tx: Db,
  workflowId: number,
  profileIds: readonly string[],
  reason: string,
  now: Date,
): Promise<EndedRun[]> {
  const keys = JSON.stringify(profileIds.map((id) => ({ id, slot: slotOf(id) })));
  const { rows } = await sql<{ task_id: string | null; before: 'active' | 'waiting' }>`
    with live as (
      select r.slot, r.id, r.status, r.call_id
        from run r
        join json_to_recordset(${keys}::json) as k(id text, slot smallint)
          on r.slot = k.slot and r.profile_id = k.id
       where r.workflow_id = ${workflowId}::int and r.status in ('active', 'waiting')
       order by r.id
         for update of r
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
