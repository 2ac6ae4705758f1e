import { sql } from 'kysely';
import { slotOf } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { type EndedRow, type EndedRun, ending, toEndedRun } from './ending.ts';

/**
 * Ends the runs that these profiles have inside the workflow, see `ending`. Locks in order of id, as the engine does.
 */
export async function endLiveRuns(
  tx: Db,
  workflowId: number,
  profileIds: readonly string[],
  reason: string,
  now: Date,
): Promise<EndedRun[]> {
  const keys = JSON.stringify(profileIds.map((id) => ({ id, slot: slotOf(id) })));
  const { rows } = await sql<EndedRow>`
    with live as (
      select r.slot, r.id, r.status, r.effect_id
        from run r
        join json_to_recordset(${keys}::json) as k(id text, slot smallint)
          on r.slot = k.slot and r.profile_id = k.id
       where r.workflow_id = ${workflowId}::int and r.status in ('active', 'waiting')
       order by r.id
         for update of r
    ), ${ending(reason, now)}
  `.execute(tx);
  return rows.map(toEndedRun);
}
