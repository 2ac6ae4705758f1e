import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { type ClaimedRun, type RunRow, toClaimedRun } from './claim-runs.ts';

/** A run that waits for a call, as the walk takes it up when it knows by which edge it goes on. */
export interface ResumingRun {
  readonly callId: string;
  readonly workflowId: number;
  readonly version: number;
  readonly run: ClaimedRun;
}

/**
 * Locks the runs of calls until the transaction ends, in order of id as the engine does: before their calls are locked.
 * Runs that are not there are passed over.
 * @param calls `walks`: whether the run is wanted back.
 * @returns of those that are wanted the ones that wait for the call, and whose workflow is not paused.
 */
export async function lockResumingRuns(
  tx: Db,
  calls: readonly { slot: number; id: string; runId: string; walks: boolean }[],
): Promise<ResumingRun[]> {
  const { rows } = await sql<RunRow & { call_id: string; workflow_id: number; version: number }>`
    with waiting as (
      select r.slot, r.id, r.profile_id, r.task_id, r.share, r.node, r.status, r.resume, r.reason, r.steps, r.depth,
             r.context_id, r.content, r.saved, r.custom_data, r.workflow_id, r.version, k.call_id,
             k.walks and r.effect_id = k.call_id as walks
        from unnest(${calls.map(({ slot }) => slot)}::smallint[], ${calls.map(({ runId }) => runId)}::text[],
                    ${calls.map(({ id }) => id)}::text[], ${calls.map(({ walks }) => walks)}::boolean[])
               as k(slot, run_id, call_id, walks)
        join run r on r.slot = k.slot and r.id = k.run_id
       order by r.id
         for update of r
    )
    select r.*
      from waiting r
     where r.walks and exists (select from workflow w where w.id = r.workflow_id and w.paused_at is null)
  `.execute(tx);
  return rows.map((row) => ({
    callId: row.call_id,
    workflowId: row.workflow_id,
    version: row.version,
    run: toClaimedRun(row),
  }));
}
