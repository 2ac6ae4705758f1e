import { sql } from 'kysely';
import type { JsonValue } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { Reentry, Workflow } from '../workflow.ts';
import { toWorkflow, type WorkflowRow, workflowColumns } from './workflow-row.ts';

export interface NewWorkflow {
  readonly name: string;
  readonly databaseId: number;
  readonly reentry: Reentry;
  readonly definition: JsonValue;
}

/** Undefined when there is no such database. */
export async function insertWorkflow(
  db: Db,
  workflow: NewWorkflow,
  now: Date,
): Promise<Workflow | undefined> {
  const { rows } = await sql<WorkflowRow>`
    insert into workflow as w
      (name, database_id, reentry, draft, active, created_at, updated_at)
    select ${workflow.name}::text, d.id, ${workflow.reentry}::text,
      ${JSON.stringify(workflow.definition)}::jsonb, false, ${now}::timestamptz, ${now}::timestamptz
    from database d
    where d.id = ${workflow.databaseId}::int
    returning ${workflowColumns}`.execute(db);
  return rows[0] === undefined ? undefined : toWorkflow(rows[0]);
}
