import { type RawBuilder, sql } from 'kysely';
import type { JsonValue } from '../../base/index.ts';
import type { Reentry, Workflow } from '../workflow.ts';

export interface WorkflowRow {
  readonly id: number;
  readonly name: string;
  readonly database_id: number;
  readonly reentry: Reentry;
  readonly draft: JsonValue;
  readonly active: boolean;
  readonly paused_at: Date | null;
  readonly published_version: number | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** The columns of `WorkflowRow`, of a table or alias named `w`. */
export const workflowColumns: RawBuilder<unknown> = sql`w.id, w.name, w.database_id, w.reentry, w.draft,
  w.active, w.paused_at, w.published_version, w.created_at, w.updated_at`;

export function toWorkflow(row: WorkflowRow): Workflow {
  return {
    id: row.id,
    name: row.name,
    databaseId: row.database_id,
    reentry: row.reentry,
    definition: row.draft,
    active: row.active,
    pausedAt: row.paused_at,
    publishedVersion: row.published_version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
