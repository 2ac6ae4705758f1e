import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Envelope } from '../envelope.ts';

export interface NewTask {
  readonly id: string;
  /** The method that made it. */
  readonly kind: string;
  readonly databaseId: number;
  readonly workflowId: number;
  readonly tokenId: number;
  readonly envelope: Envelope;
  readonly contextId: number | null;
  readonly total: number;
  readonly chunks: number;
  readonly acceptedAt: Date;
  readonly expiresAt: Date;
}

export async function insertTask(tx: Db, task: NewTask): Promise<void> {
  await sql`
    insert into task (id, kind, database_id, workflow_id, token_id, envelope, context_id, total, chunks_left,
                      accepted_at, expires_at)
    values (${task.id}::uuid, ${task.kind}::text, ${task.databaseId}::int, ${task.workflowId}::int,
            ${task.tokenId}::int, ${JSON.stringify(task.envelope)}::jsonb, ${task.contextId}::bigint,
            ${task.total}::int, ${task.chunks}::int, ${task.acceptedAt}::timestamptz,
            ${task.expiresAt}::timestamptz)
  `.execute(tx);
}
