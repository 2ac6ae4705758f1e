import { sql } from 'kysely';
import type { JsonValue } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { Envelope } from '../requests/envelope.ts';

/** What a task was told when it was accepted, and whether it still runs. */
export interface TaskSource {
  readonly id: string;
  readonly databaseId: number;
  /** Null = profiles are imported and sent nowhere. */
  readonly workflowId: number | null;
  readonly envelope: Envelope;
  /** The filter of the profiles that the task is about; null = its rows say who is meant. */
  readonly audience: JsonValue;
  readonly contextId: number | null;
  readonly isOpen: boolean;
  /** Items that have failed so far. */
  readonly failed: number;
  readonly finishedAt: Date | null;
  readonly cancelledAt: Date | null;
  readonly expiresAt: Date;
}

/** @param lock whether the row is to be locked until the caller's transaction ends. */
export async function selectTaskSource(
  db: Db,
  taskId: string,
  lock: boolean = false,
): Promise<TaskSource | undefined> {
  const { rows } = await sql<{
    id: string;
    database_id: number;
    workflow_id: number | null;
    envelope: Envelope;
    audience: JsonValue;
    context_id: number | null;
    is_open: boolean;
    failed: number;
    finished_at: Date | null;
    cancelled_at: Date | null;
    expires_at: Date;
  }>`
    select id, database_id, workflow_id, envelope, audience, context_id, is_open,
           invalid + ambiguous + not_found as failed, finished_at, cancelled_at, expires_at
      from task
     where id = ${taskId}::uuid
    ${lock ? sql`for update` : sql``}
  `.execute(db);
  const [row] = rows;
  return (
    row && {
      id: row.id,
      databaseId: row.database_id,
      workflowId: row.workflow_id,
      envelope: row.envelope,
      audience: row.audience,
      contextId: row.context_id,
      isOpen: row.is_open,
      failed: row.failed,
      finishedAt: row.finished_at,
      cancelledAt: row.cancelled_at,
      expiresAt: row.expires_at,
    }
  );
}
