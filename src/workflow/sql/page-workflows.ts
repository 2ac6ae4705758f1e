import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Workflow } from '../workflow.ts';
import { toWorkflow, type WorkflowRow, workflowColumns } from './workflow-row.ts';

export interface WorkflowQuery {
  /** The least id to list. */
  readonly fromId: number;
  readonly limit: number;
  /** Null = those of every database. */
  readonly databaseIds: readonly number[] | null;
}

/** In the order of their ids. */
export async function pageWorkflows(db: Db, query: WorkflowQuery): Promise<Workflow[]> {
  const { rows } = await sql<WorkflowRow>`
    select ${workflowColumns}
    from workflow w
    where w.id >= ${query.fromId}::int
      and (${query.databaseIds}::int[] is null or w.database_id = any(${query.databaseIds}::int[]))
    order by w.id
    limit ${query.limit}::int`.execute(db);
  return rows.map(toWorkflow);
}
