import { sql } from 'kysely';
import type { JsonValue } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { Envelope } from '../requests/envelope.ts';

export interface NewTask {
  readonly id: string;
  /** The method that made it. */
  readonly kind: string;
  readonly databaseId: number;
  /** Null = profiles are imported and sent nowhere. */
  readonly workflowId: number | null;
  /** Null = a person. */
  readonly tokenId: number | null;
  /** The task whose failed items this one tries again. */
  readonly parentId: string | null;
  readonly envelope: Envelope;
  /** The filter of the profiles that the task is about, where it is about those. */
  readonly audience: JsonValue;
  readonly contextId: number | null;
  readonly total: number;
  readonly chunks: number;
  /** Whether its rows still stream in. */
  readonly isOpen: boolean;
  readonly acceptedAt: Date;
  readonly expiresAt: Date;
}

export async function insertTask(tx: Db, task: NewTask): Promise<void> {
  await sql`
    insert into task (id, kind, database_id, workflow_id, token_id, parent_id, envelope, audience, context_id, total,
                      chunks_left, is_open, accepted_at, expires_at)
    values (${task.id}::uuid, ${task.kind}::text, ${task.databaseId}::int, ${task.workflowId}::int,
            ${task.tokenId}::int, ${task.parentId}::uuid, ${JSON.stringify(task.envelope)}::jsonb,
            nullif(${JSON.stringify(task.audience)}::jsonb, 'null'::jsonb), ${task.contextId}::bigint,
            ${task.total}::int, ${task.chunks}::int, ${task.isOpen}::boolean, ${task.acceptedAt}::timestamptz,
            ${task.expiresAt}::timestamptz)
  `.execute(tx);
}
