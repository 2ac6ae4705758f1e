import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { RunKey } from './select-live-runs-of-profiles.ts';

/**
 * Runs inside a workflow that were started until a moment, at most twice `limit` of them: those that are due at some
 * time, and those that wait for a call. No ended run is read, see `countLiveRuns`.
 */
export async function selectLiveRunsOfWorkflow(
  db: Db,
  workflowId: number,
  startedUntil: Date,
  limit: number,
): Promise<RunKey[]> {
  const { rows } = await sql<RunKey>`
    (select r.slot, r.id
       from run r
      where r.workflow_id = ${workflowId}::int and r.due_at is not null
        and r.started_at <= ${startedUntil}::timestamptz
      limit ${limit}::int)
    union
    (select r.slot, r.id
       from api_call c
       join run r on r.slot = c.slot and r.id = c.run_id and r.call_id = c.id
      where c.workflow_id = ${workflowId}::int and c.due_at is not null
        and r.started_at <= ${startedUntil}::timestamptz
      limit ${limit}::int)
  `.execute(db);
  return rows;
}
