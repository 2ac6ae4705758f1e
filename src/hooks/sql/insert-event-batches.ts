import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface NewBatch {
  readonly type: string;
  readonly workflowId: number | null;
  readonly resourceId: number | null;
  readonly isTest: boolean;
  readonly events: number;
  readonly body: Buffer;
}

/** Appends rows to the log, without a position: those are given after the commit. */
export async function insertEventBatches(
  tx: Db,
  databaseId: number,
  now: Date,
  batches: readonly NewBatch[],
): Promise<void> {
  await sql`
    insert into event_batch (database_id, type, workflow_id, resource_id, is_test, events, body, created_at)
    select ${databaseId}::int, b.type, b.workflow_id, b.resource_id, b.is_test, b.events, b.body, ${now}::timestamptz
      from unnest(
             ${batches.map(({ type }) => type)}::text[],
             ${batches.map(({ workflowId }) => workflowId)}::int[],
             ${batches.map(({ resourceId }) => resourceId)}::int[],
             ${batches.map(({ isTest }) => isTest)}::boolean[],
             ${batches.map(({ events }) => events)}::int[],
             ${batches.map(({ body }) => body)}::bytea[]
           ) with ordinality as b(type, workflow_id, resource_id, is_test, events, body, nth)
     order by b.nth
  `.execute(tx);
}
