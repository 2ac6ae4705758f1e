import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Envelope } from '../envelope.ts';
import type { ClaimedLane } from './claim-lane.ts';

export interface PendingChunk {
  readonly id: number;
  readonly taskId: string;
  readonly rows: number;
  readonly payload: Buffer;
  readonly envelope: Envelope;
  readonly workflowId: number;
  readonly contextId: number | null;
}

/**
 * The oldest pending chunks of the lane, several small ones up to `maxRows` together, at least one. Locks the lane and
 * so proves that the claim still holds: none when the lane is another's by now.
 */
export async function lockPendingChunks(
  tx: Db,
  lane: ClaimedLane,
  limits: { chunks: number; rows: number },
): Promise<PendingChunk[]> {
  const { rows } = await sql<{
    id: number;
    task_id: string;
    rows: number;
    payload: Buffer;
    envelope: Envelope;
    workflow_id: number;
    context_id: number | null;
  }>`
    with held as (
      select database_id, lane
        from import_lane
       where database_id = ${lane.databaseId}::int and lane = ${lane.lane}::smallint
         and claim_token = ${lane.token}::uuid
         for update
    ), oldest as (
      select c.id, c.task_id, c.rows, c.payload,
             sum(c.rows) over (order by c.id) - c.rows as rows_before
        from held
       cross join lateral (
         select id, task_id, rows, payload
           from import_chunk
          where import_chunk.database_id = held.database_id and import_chunk.lane = held.lane
            and settled_at is null
          order by id
          limit ${limits.chunks}::int
       ) c
    )
    select o.id, o.task_id, o.rows, o.payload, t.envelope, t.workflow_id, t.context_id
      from oldest o
      join task t on t.id = o.task_id
     where o.rows_before = 0 or o.rows_before + o.rows <= ${limits.rows}::int
     order by o.id
  `.execute(tx);
  return rows.map((row) => ({
    id: row.id,
    taskId: row.task_id,
    rows: row.rows,
    payload: row.payload,
    envelope: row.envelope,
    workflowId: row.workflow_id,
    contextId: row.context_id,
  }));
}
