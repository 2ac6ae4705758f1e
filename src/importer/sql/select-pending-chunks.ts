import { sql } from 'kysely';
import type { JsonValue } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { WIDE_LANE } from '../../profiles/index.ts';
import type { Envelope } from '../requests/envelope.ts';
import { type ClaimedLane, ORDINARY_LANES } from './claim-lane.ts';

export interface PendingChunk {
  readonly id: number;
  readonly taskId: string;
  readonly rows: number;
  readonly payload: Buffer;
  readonly envelope: Envelope;
  readonly workflowId: number | null;
  /** The filter of the profiles that the task is about; null = its rows say who is meant. */
  readonly audience: JsonValue;
  readonly contextId: number | null;
  /** Items of the task, as far as they have arrived. */
  readonly taskSize: number;
}

/**
 * The oldest pending chunks of the lane, several small ones up to `maxRows` together, at least one. Locks the lane and
 * so proves that the claim still holds: none when the lane is another's by now. The wide lane's turn comes when nothing
 * older is left in the others, and theirs after it.
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
    workflow_id: number | null;
    audience: JsonValue;
    context_id: number | null;
    total: number;
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
            and settled_at is null and not is_held
            and not exists (
              select 1
                from import_chunk o
               where o.database_id = held.database_id and o.settled_at is null and not o.is_held
                 and o.id < import_chunk.id
                 and o.lane = any (case when held.lane = ${WIDE_LANE}::smallint then ${ORDINARY_LANES}::smallint[]
                                        else array[${WIDE_LANE}::smallint] end)
            )
          order by id
          limit ${limits.chunks}::int
       ) c
    )
    select o.id, o.task_id, o.rows, o.payload, t.envelope, t.workflow_id, t.audience, t.context_id, t.total
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
    audience: row.audience,
    contextId: row.context_id,
    taskSize: row.total,
  }));
}
