import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface RunSums {
  readonly workflowId: number;
  readonly active: number;
  readonly waiting: number;
  readonly failed: number;
}

/**
 * The runs inside of workflows, and those that have failed. Each kind by its partial index, so that ended runs, the most
 * by far, are never read; see countLiveRuns. Workflows that are not there, or in other databases, are left out.
 */
export async function countRuns(
  db: Db,
  workflowIds: readonly number[],
  databaseIds: readonly number[] | null,
): Promise<RunSums[]> {
  const ids = sql`${[...workflowIds]}::int[]`;
  const { rows } = await sql<{ workflow_id: number; active: number; waiting: number; failed: number }>`
    with counted as (
      select r.workflow_id, r.status, count(*) as runs
        from run r
       where r.workflow_id = any (${ids}) and r.due_at is not null
       group by r.workflow_id, r.status
      union all
      select r.workflow_id, r.status, count(*)
        from run r
       where r.workflow_id = any (${ids}) and r.due_at is null and r.status in ('active', 'waiting')
       group by r.workflow_id, r.status
      union all
      select r.workflow_id, r.status, count(*)
        from run r
       where r.workflow_id = any (${ids}) and r.status = 'failed'
       group by r.workflow_id, r.status
    )
    select w.id as workflow_id,
           coalesce(sum(c.runs) filter (where c.status = 'active'), 0)::bigint as active,
           coalesce(sum(c.runs) filter (where c.status = 'waiting'), 0)::bigint as waiting,
           coalesce(sum(c.runs) filter (where c.status = 'failed'), 0)::bigint as failed
      from workflow w
      left join counted c on c.workflow_id = w.id
     where w.id = any (${ids}) and (${databaseIds}::int[] is null or w.database_id = any (${databaseIds}::int[]))
     group by w.id
     order by w.id
  `.execute(db);
  return rows.map(({ workflow_id: workflowId, ...sums }) => ({ workflowId, ...sums }));
}
