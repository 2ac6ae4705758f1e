import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Items of a task by the state that they have come to. */
export interface StateCounters {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly invalid: number;
  readonly ambiguous: number;
  readonly notFound: number;
  readonly cancelled: number;
  readonly started: number;
  readonly skippedReentry: number;
}

/** A task as it is stored. */
export interface TaskRow {
  readonly id: string;
  readonly databaseId: number;
  readonly workflowId: number | null;
  readonly total: number;
  readonly counters: StateCounters;
  readonly runs: { readonly waiting: number; readonly ended: number; readonly failed: number };
  readonly acceptedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly expiresAt: Date;
  /** 1 = no unfinished task was accepted before it; null when it is finished. */
  readonly queuePlace: number | null;
}

interface Columns {
  id: string;
  database_id: number;
  workflow_id: number | null;
  total: number;
  created: number;
  updated: number;
  unchanged: number;
  invalid: number;
  ambiguous: number;
  not_found: number;
  cancelled: number;
  started: number;
  skipped_reentry: number;
  runs_waiting: number;
  runs_ended: number;
  runs_failed: number;
  accepted_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  expires_at: Date;
  queue_place: number | null;
}

const columns: RawBuilder<unknown> = sql`t.id, t.database_id, t.workflow_id, t.total, t.created, t.updated,
  t.unchanged, t.invalid, t.ambiguous, t.not_found, t.cancelled, t.started, t.skipped_reentry, t.runs_waiting,
  t.runs_ended, t.runs_failed, t.accepted_at, t.started_at, t.finished_at, t.expires_at,
  queue.place as queue_place`;

/** The unfinished tasks with their places, for all tasks of a page at once; reads their partial index alone. */
const tasks: RawBuilder<unknown> = sql`task t
  left join (
    select id, row_number() over (order by accepted_at, id) as place from task where finished_at is null
  ) queue on queue.id = t.id`;

function toTask(row: Columns): TaskRow {
  return {
    id: row.id,
    databaseId: row.database_id,
    workflowId: row.workflow_id,
    total: row.total,
    counters: {
      created: row.created,
      updated: row.updated,
      unchanged: row.unchanged,
      invalid: row.invalid,
      ambiguous: row.ambiguous,
      notFound: row.not_found,
      cancelled: row.cancelled,
      started: row.started,
      skippedReentry: row.skipped_reentry,
    },
    runs: { waiting: row.runs_waiting, ended: row.runs_ended, failed: row.runs_failed },
    acceptedAt: row.accepted_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    expiresAt: row.expires_at,
    queuePlace: row.queue_place,
  };
}

export async function selectTask(db: Db, id: string): Promise<TaskRow | undefined> {
  const { rows } = await sql<Columns>`select ${columns} from ${tasks} where t.id = ${id}::uuid`.execute(db);
  return rows[0] && toTask(rows[0]);
}

/** A page of tasks, the last accepted first, after the task `after`. */
export async function pageTasks(
  db: Db,
  query: { databaseIds: readonly number[] | null; after?: string; limit: number },
): Promise<TaskRow[]> {
  const after = query.after ?? null;
  const { rows } = await sql<Columns>`
    select ${columns}
      from ${tasks}
     where (${query.databaseIds}::int[] is null or t.database_id = any (${query.databaseIds}::int[]))
       and (${after}::uuid is null
         or (t.accepted_at, t.id) < (select a.accepted_at, a.id from task a where a.id = ${after}::uuid))
     order by t.accepted_at desc, t.id desc
     limit ${query.limit}::int
  `.execute(db);
  return rows.map(toTask);
}
