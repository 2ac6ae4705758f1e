import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface LiveCount {
  readonly version: number;
  readonly node: string;
  readonly status: 'active' | 'waiting';
  readonly runs: number;
}

/**
 * The runs inside a workflow by version and node. A live run either has a due time, and is then in run_due, or waits
 * for a queued call; so ended runs, the most by far, are never read.
 */
export async function countLiveRuns(db: Db, workflowId: number): Promise<LiveCount[]> {
  const { rows } = await sql<LiveCount>`
    select r.version, r.node, r.status, count(*) as runs
    from run r
    where r.workflow_id = ${workflowId}::int and r.due_at is not null
    group by r.version, r.node, r.status
    union all
    select c.version, c.node, 'waiting', count(*)
    from api_call c
    join run r on r.slot = c.slot and r.id = c.run_id and r.call_id = c.id
    where c.workflow_id = ${workflowId}::int and c.due_at is not null
    group by c.version, c.node`.execute(db);
  return rows;
}
