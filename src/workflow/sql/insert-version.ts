import { sql } from 'kysely';
import type { JsonObject } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { Workflow } from '../workflow.ts';
import { toWorkflow, type WorkflowRow, workflowColumns } from './workflow-row.ts';

/**
 * Freezes the draft of the workflow, locked by the caller's transaction, as its next version for new runs, with what is
 * known of its starts and of what its runs wait for.
 */
export async function insertVersion(
  tx: Db,
  workflow: Workflow,
  {
    start,
    triggers,
    waits,
    publishedBy,
  }: {
    readonly start: string | null;
    readonly triggers: readonly JsonObject[];
    /** See the column. */
    readonly waits: readonly string[];
    readonly publishedBy: string | null;
  },
  now: Date,
): Promise<Workflow | undefined> {
  const kept = triggers.length === 0 ? null : JSON.stringify(triggers);
  const version = (workflow.publishedVersion ?? 0) + 1;
  const { rows } = await sql<WorkflowRow>`
    with version as (
      insert into workflow_version (workflow_id, version, definition, start_node, triggers, waits, published_at,
                                    published_by)
      select w.id, ${version}::int, w.draft, ${start}::text, ${kept}::jsonb, ${[...waits]}::text[], ${now}::timestamptz,
             ${publishedBy}::text
      from workflow w
      where w.id = ${workflow.id}::int
      returning workflow_id, version
    )
    update workflow w
    set published_version = version.version, updated_at = ${now}::timestamptz
    from version
    where w.id = version.workflow_id
    returning ${workflowColumns}`.execute(tx);
  return rows[0] === undefined ? undefined : toWorkflow(rows[0]);
}
