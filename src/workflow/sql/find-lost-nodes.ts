import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface LostNode {
  readonly workflowId: number;
  readonly version: number;
  readonly node: string;
  readonly runs: number;
}

/** Nodes in which live runs stand and which their version does not have, or whose version is not there. */
export async function findLostNodes(db: Db): Promise<LostNode[]> {
  const { rows } = await sql<{ workflow_id: number; version: number; node: string; runs: number }>`
    with standing as (
      select workflow_id, version, node, count(*) as runs
        from run
       where due_at is not null or (due_at is null and status in ('active', 'waiting'))
       group by workflow_id, version, node
    )
    select s.workflow_id, s.version, s.node, s.runs
      from standing s
      left join workflow_version v on v.workflow_id = s.workflow_id and v.version = s.version
     where v.version is null
        or not case jsonb_typeof(v.definition -> 'nodes')
                 when 'object' then v.definition -> 'nodes' ? s.node
                 else exists (
                   select from jsonb_array_elements(v.definition -> 'nodes') as n(value)
                    where n.value ->> 'id' = s.node)
               end
     order by s.workflow_id, s.version, s.node
  `.execute(db);
  return rows.map(({ workflow_id: workflowId, ...rest }) => ({ workflowId, ...rest }));
}
