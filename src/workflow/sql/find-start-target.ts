import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Reentry } from '../workflow.ts';

/** What must be known of a workflow to send profiles into it. */
export interface StartTarget {
  readonly workflowId: number;
  readonly databaseId: number;
  readonly active: boolean;
  /** Its runs wait. */
  readonly paused: boolean;
  readonly reentry: Reentry;
  /** The published version; null = never published. */
  readonly version: number | null;
  /** Its start named Default; null = it has none: only triggers start runs. */
  readonly startNode: string | null;
}

export async function findStartTarget(db: Db, workflowId: number): Promise<StartTarget | undefined> {
  const { rows } = await sql<{
    id: number;
    database_id: number;
    active: boolean;
    paused: boolean;
    reentry: Reentry;
    version: number | null;
    start_node: string | null;
  }>`
    select w.id, w.database_id, w.active, w.paused_at is not null as paused, w.reentry, v.version, v.start_node
    from workflow w
    left join workflow_version v on v.workflow_id = w.id and v.version = w.published_version
    where w.id = ${workflowId}::int`.execute(db);
  return (
    rows[0] && {
      workflowId: rows[0].id,
      databaseId: rows[0].database_id,
      active: rows[0].active,
      paused: rows[0].paused,
      reentry: rows[0].reentry,
      version: rows[0].version,
      startNode: rows[0].start_node,
    }
  );
}
