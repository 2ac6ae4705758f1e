import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Workflow } from '../workflow.ts';
import { toWorkflow, type WorkflowRow, workflowColumns } from './workflow-row.ts';

export async function findWorkflow(db: Db, id: number): Promise<Workflow | undefined> {
  const { rows } = await sql<WorkflowRow>`
    select ${workflowColumns} from workflow w where w.id = ${id}::int`.execute(db);
  return rows[0] === undefined ? undefined : toWorkflow(rows[0]);
}
