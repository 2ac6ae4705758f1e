import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Workflow } from '../workflow.ts';
import { toWorkflow, type WorkflowRow, workflowColumns } from './workflow-row.ts';

/** A second pause keeps the time of the first. Undefined when there is no such workflow. */
export async function setPaused(
  db: Db,
  id: number,
  paused: boolean,
  now: Date,
): Promise<Workflow | undefined> {
  const { rows } = await sql<WorkflowRow>`
    update workflow w
    set paused_at = case when ${paused}::boolean then coalesce(w.paused_at, ${now}::timestamptz) end,
      updated_at = case when (w.paused_at is not null) = ${paused}::boolean
                        then w.updated_at else ${now}::timestamptz end
    where w.id = ${id}::int
    returning ${workflowColumns}`.execute(db);
  return rows[0] === undefined ? undefined : toWorkflow(rows[0]);
}
