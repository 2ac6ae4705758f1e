import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface LiveCount {
  readonly version: number;
  readonly node: string;
  readonly status: 'active' | 'waiting';
  readonly runs: number;
}

/**
 * The runs inside a workflow by version and node. A live run either has a due time, and is then in run_due, or rests
 * until something happens, and is in run_resting; so ended runs, the most by far, are never read.
 */
export async function countLiveRuns(db: Db, workflowId: number): Promise<LiveCount[]> {
  const { rows } = await sql<LiveCount>`
    select r.version, r.node, r.status, count(*) as runs
    from run r
    where r.workflow_id = ${workflowId}::int and r.due_at is not null
    group by r.version, r.node, r.status
    union all
    select r.version, r.node, r.status, count(*)
    from run r
    where r.workflow_id = ${workflowId}::int and r.due_at is null and r.status in ('active', 'waiting')
    group by r.version, r.node, r.status`.execute(db);
  return rows;
}
