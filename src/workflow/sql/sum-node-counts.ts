import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface PassedCount {
  readonly version: number;
  readonly node: string;
  readonly outcome: string;
  readonly passed: number;
}

export async function sumNodeCounts(db: Db, workflowId: number): Promise<PassedCount[]> {
  const { rows } = await sql<PassedCount>`
    select n.version, n.node, n.outcome, sum(n.passed)::bigint as passed
    from node_count n
    where n.workflow_id = ${workflowId}::int
    group by n.version, n.node, n.outcome`.execute(db);
  return rows;
}
