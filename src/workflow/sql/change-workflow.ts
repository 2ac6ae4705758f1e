import { sql } from 'kysely';
import type { JsonValue } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { Reentry, Workflow } from '../workflow.ts';
import { toWorkflow, type WorkflowRow, workflowColumns } from './workflow-row.ts';

/** What is absent stays as it is. */
export interface WorkflowChange {
  readonly name?: string | undefined;
  readonly reentry?: Reentry | undefined;
  readonly definition?: JsonValue | undefined;
}

/** Undefined when there is no such workflow. */
export async function changeWorkflow(
  db: Db,
  id: number,
  change: WorkflowChange,
  now: Date,
): Promise<Workflow | undefined> {
  const draft = change.definition === undefined ? null : JSON.stringify(change.definition);
  const { rows } = await sql<WorkflowRow>`
    update workflow w
    set name = coalesce(${change.name ?? null}::text, w.name),
      reentry = coalesce(${change.reentry ?? null}::text, w.reentry),
      draft = coalesce(${draft}::jsonb, w.draft),
      updated_at = ${now}::timestamptz
    where w.id = ${id}::int
    returning ${workflowColumns}`.execute(db);
  return rows[0] === undefined ? undefined : toWorkflow(rows[0]);
}
