import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { ClaimedLanes } from './claim-lanes.ts';

/** What this transaction adds to the ledger of a task; `chunks` 0 = it has moved runs alone. */
export interface TaskCounts {
  readonly taskId: string;
  readonly chunks: number;
  created: number;
  updated: number;
  unchanged: number;
  invalid: number;
  ambiguous: number;
  notFound: number;
  started: number;
  skippedReentry: number;
  /** How runs of the task have moved. */
  waiting: number;
  ended: number;
  failed: number;
}

/**
 * Writes the results of the chunks, adds to the counters of their tasks and ends those that have no chunk left, and
 * gives the lanes up where the claim still holds, in one statement. The caller's transaction has done the chunks' work
 * and holds the lanes.
 */
export async function settleChunks(
  tx: Db,
  claim: ClaimedLanes,
  chunks: readonly { id: number; result: Buffer }[],
  counts: readonly TaskCounts[],
  now: Date,
): Promise<void> {
  await sql`
    with settled as (
      update import_chunk c
         set result = r.result, settled_at = ${now}::timestamptz
        from unnest(${chunks.map((chunk) => chunk.id)}::bigint[],
                    ${chunks.map((chunk) => chunk.result)}::bytea[]) as r(id, result)
       where c.id = r.id
    ), held as (
      select t.id
        from task t
       where t.id = any (${counts.map((count) => count.taskId)}::uuid[])
       order by t.id
         for update
    ), counted as (
      update task t
         set chunks_left = t.chunks_left - c.chunks,
             created = t.created + c.created,
             updated = t.updated + c.updated,
             unchanged = t.unchanged + c.unchanged,
             invalid = t.invalid + c.invalid,
             ambiguous = t.ambiguous + c.ambiguous,
             not_found = t.not_found + c."notFound",
             started = t.started + c.started,
             skipped_reentry = t.skipped_reentry + c."skippedReentry",
             runs_waiting = t.runs_waiting + c.waiting,
             runs_ended = t.runs_ended + c.ended,
             runs_failed = t.runs_failed + c.failed,
             started_at = case when c.chunks = 0 then t.started_at
                               else coalesce(t.started_at, ${claim.claimedAt}::timestamptz) end,
             finished_at = case when c.chunks = 0 then t.finished_at
                                when t.chunks_left = c.chunks then ${now}::timestamptz end
        from held
        join json_to_recordset(${JSON.stringify(counts)}::json)
          as c("taskId" uuid, chunks int, created int, updated int, unchanged int, invalid int, ambiguous int,
               "notFound" int, started int, "skippedReentry" int, waiting int, ended int, failed int) on c."taskId" = held.id
       where t.id = held.id
    )
    update import_lane
       set claim_token = null, due_at = ${now}::timestamptz, attempts = 0
     where database_id = ${claim.databaseId}::int and lane = any (${[...claim.lanes]}::smallint[])
       and claim_token = ${claim.token}::uuid
  `.execute(tx);
}
