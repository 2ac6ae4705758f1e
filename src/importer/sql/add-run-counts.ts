import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { RunDelta } from '../../workflow/index.ts';

/** Adds to the counters of runs, in the transaction that moved them. Tasks are locked in order of id. */
export async function addRunCounts(tx: Db, deltas: readonly RunDelta[]): Promise<void> {
  await sql`
    with held as (
      select id
        from task
       where id = any (${deltas.map((delta) => delta.taskId)}::uuid[])
       order by id
         for update
    )
    update task t
       set runs_waiting = t.runs_waiting + d.waiting, runs_ended = t.runs_ended + d.ended,
           runs_failed = t.runs_failed + d.failed
      from held
      join json_to_recordset(${JSON.stringify(deltas)}::json)
        as d("taskId" uuid, waiting int, ended int, failed int) on d."taskId" = held.id
     where t.id = held.id
  `.execute(tx);
}
