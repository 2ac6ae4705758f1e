import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { RunKey } from './select-live-runs-of-profiles.ts';

/**
 * Runs inside a workflow that were started until a moment, at most twice `limit` of them: those that are due at some
 * time, and those that rest until something happens. No ended run is read.
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
       from run r
      where r.workflow_id = ${workflowId}::int and r.due_at is null and r.status in ('active', 'waiting')
        and r.started_at <= ${startedUntil}::timestamptz
      limit ${limit}::int)
  `.execute(db);
  return rows;
}
