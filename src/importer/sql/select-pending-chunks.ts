import { sql } from 'kysely';
import type { JsonValue } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { WIDE_LANE } from '../../profiles/index.ts';
import type { Envelope } from '../requests/envelope.ts';
import { type ClaimedLanes, ORDINARY_LANES } from './claim-lanes.ts';

export interface PendingChunk {
  readonly id: number;
  readonly lane: number;
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

interface ChunkRow {
  id: number;
  lane: number;
  taken: boolean;
  task_id: string;
  rows: number;
  payload: Buffer;
  envelope: Envelope;
  workflow_id: number | null;
  audience: JsonValue;
  context_id: number | null;
  total: number;
}

/** Pending chunks that were taken. */
export interface TakenChunks {
  readonly chunks: readonly PendingChunk[];
  /** Whether there were more than could be taken. */
  readonly hasMore: boolean;
}

/**
 * The oldest pending chunks of the lanes, several small ones up to so many rows together, at least one. Locks the lanes
 * and so proves that the claim still holds: none of lanes that are another's by now. The wide lane's turn comes when
 * nothing older is left in the others, and theirs after it.
 * @param limits chunks of each lane, and rows in all.
 */
export async function lockPendingChunks(
  tx: Db,
  claim: ClaimedLanes,
  limits: { chunks: number; rows: number },
): Promise<TakenChunks> {
  const { rows } = await sql<ChunkRow>`
    with held as (
      select database_id, lane
        from import_lane
       where database_id = ${claim.databaseId}::int and lane = any (${[...claim.lanes]}::smallint[])
         and claim_token = ${claim.token}::uuid
       order by lane
         for update
    ), oldest as (
      select c.id, c.lane, c.task_id, c.rows, c.payload,
             sum(c.rows) over (order by c.id) - c.rows as rows_before
        from held
       cross join lateral (
         select id, lane, task_id, rows, payload
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
    ), taken as (
      select o.*, o.rows_before = 0 or o.rows_before + o.rows <= ${limits.rows}::int as is_taken
        from oldest o
    ), listed as (
      -- One that is left says that there are more.
      select * from taken where is_taken
      union all
      (select * from taken where not is_taken order by id limit 1)
    )
    select l.id, l.lane, l.is_taken as taken, l.task_id, l.rows, t.envelope, t.workflow_id, t.audience, t.context_id,
           t.total, case when l.is_taken then l.payload else ''::bytea end as payload
      from listed l
      join task t on t.id = l.task_id
     order by l.id
  `.execute(tx);
  const chunks = rows.filter(({ taken }) => taken).map(toPendingChunk);
  return { chunks, hasMore: chunks.length < rows.length };
}

function toPendingChunk(row: ChunkRow): PendingChunk {
  return {
    id: row.id,
    lane: row.lane,
    taskId: row.task_id,
    rows: row.rows,
    payload: row.payload,
    envelope: row.envelope,
    workflowId: row.workflow_id,
    audience: row.audience,
    contextId: row.context_id,
    taskSize: row.total,
  };
}
