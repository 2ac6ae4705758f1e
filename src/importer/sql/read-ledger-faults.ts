import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** How many tasks break a rule, with one of them as an example. */
export interface LedgerFault {
  readonly rule: 'sums' | 'chunks' | 'runs';
  readonly tasks: number;
  readonly example: string;
}

/**
 * Tasks whose counters do not add up. `sums`: more states than items, or a finished task with items in none; `chunks`:
 * an unfinished task without a chunk that could finish it; `runs`: more runs at rest or over than were started.
 */
export async function readLedgerFaults(db: Db): Promise<LedgerFault[]> {
  const { rows } = await sql<LedgerFault>`
    with judged as (
      select t.id, t.total, t.finished_at, t.is_open,
             t.created + t.updated + t.unchanged as imported,
             t.created + t.updated + t.unchanged + t.invalid + t.ambiguous + t.not_found + t.cancelled as states,
             t.started, t.skipped_reentry, t.workflow_id,
             t.runs_waiting + t.runs_ended + t.runs_failed as runs, t.runs_waiting
        from task t
    ), broken as (
      select 'sums' as rule, j.id from judged j
       where not j.is_open
         and (j.states > j.total or (j.finished_at is not null and j.states <> j.total)
              or (j.workflow_id is not null and j.started + j.skipped_reentry <> j.imported))
      union all
      select 'chunks', j.id from judged j
       where j.finished_at is null and not j.is_open
         and not exists (select from import_chunk c where c.task_id = j.id and c.settled_at is null)
      union all
      select 'runs', j.id from judged j where j.runs > j.started or j.runs_waiting < 0
    )
    select rule, count(*)::int as tasks, min(id::text) as example from broken group by rule order by rule
  `.execute(db);
  return rows;
}
