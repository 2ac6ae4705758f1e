import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Workflow } from '../workflow.ts';
import { toWorkflow, type WorkflowRow, workflowColumns } from './workflow-row.ts';

/** Undefined when there is no such workflow, or when one without a version should become active. */
export async function activateWorkflow(
  db: Db,
  id: number,
  active: boolean,
  now: Date,
): Promise<Workflow | undefined> {
  const { rows } = await sql<WorkflowRow>`
    update workflow w
    set active = ${active}::boolean,
      updated_at = case when w.active = ${active}::boolean then w.updated_at else ${now}::timestamptz end
    where w.id = ${id}::int and (not ${active}::boolean or w.published_version is not null)
    returning ${workflowColumns}`.execute(db);
  return rows[0] === undefined ? undefined : toWorkflow(rows[0]);
}
