import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Workflow } from '../workflow.ts';
import { toWorkflow, type WorkflowRow, workflowColumns } from './workflow-row.ts';

/** The workflow, kept from change until the caller's transaction ends. */
export async function lockWorkflow(tx: Db, id: number): Promise<Workflow | undefined> {
  const { rows } = await sql<WorkflowRow>`
    select ${workflowColumns} from workflow w where w.id = ${id}::int for update`.execute(tx);
  return rows[0] === undefined ? undefined : toWorkflow(rows[0]);
}
