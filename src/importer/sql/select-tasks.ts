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

/** `failed` is never used: a task ends, and what failed are its items. */
export const taskStates = ['pending', 'processing', 'completed', 'failed', 'cancelled'] as const;
export type TaskState = (typeof taskStates)[number];

/** A task as it is stored. */
export interface TaskRow {
  readonly id: string;
  readonly databaseId: number;
  readonly workflowId: number | null;
  readonly parentId: string | null;
  readonly status: TaskState;
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
  parent_id: string | null;
  status: TaskState;
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

const status: RawBuilder<unknown> = sql`case
  when t.cancelled_at is not null then 'cancelled'
  when t.finished_at is not null then 'completed'
  when t.created + t.updated + t.unchanged + t.invalid + t.ambiguous + t.not_found > 0 then 'processing'
  else 'pending' end`;

const columns: RawBuilder<unknown> = sql`t.id, t.database_id, t.workflow_id, t.parent_id, ${status} as status, t.total, t.created, t.updated,
  t.unchanged, t.invalid, t.ambiguous, t.not_found, t.cancelled, t.started, t.skipped_reentry, t.runs_waiting,
  t.runs_ended, t.runs_failed, t.accepted_at, t.started_at, t.finished_at, t.expires_at,
  queue.place as queue_place`;

/** The same as conditions that the statistics of their columns tell how many fit. */
const conditions: Readonly<Record<TaskState, RawBuilder<unknown>>> = {
  pending: sql`t.finished_at is null and ${status} = 'pending'`,
  processing: sql`t.finished_at is null and ${status} = 'processing'`,
  completed: sql`t.finished_at is not null and t.cancelled_at is null`,
  failed: sql`false`,
  cancelled: sql`t.cancelled_at is not null`,
};

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
    parentId: row.parent_id,
    status: row.status,
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

/** Those of the tasks that are there, in databases that may be seen; null = every one. */
export async function selectTasks(
  db: Db,
  ids: readonly string[],
  databaseIds: readonly number[] | null,
): Promise<TaskRow[]> {
  const { rows } = await sql<Columns>`
    select ${columns}
      from ${tasks}
     where t.id = any (${ids}::uuid[])
       and (${databaseIds}::int[] is null or t.database_id = any (${databaseIds}::int[]))
     order by t.accepted_at desc, t.id desc
  `.execute(db);
  return rows.map(toTask);
}

export interface TaskQuery {
  /** Null = tasks of every database. */
  readonly databaseIds: readonly number[] | null;
  readonly workflowId?: number | undefined;
  readonly status?: TaskState | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** A page of tasks, the last accepted first, after the task `after`. */
export async function pageTasks(db: Db, query: TaskQuery): Promise<TaskRow[]> {
  const { after = null, workflowId = null, status: wanted } = query;
  const { rows } = await sql<Columns>`
    select ${columns}
      from ${tasks}
     where (${query.databaseIds}::int[] is null or t.database_id = any (${query.databaseIds}::int[]))
       and (${workflowId}::int is null or t.workflow_id = ${workflowId}::int)
       ${wanted === undefined ? sql`` : sql`and ${conditions[wanted]}`}
       and (${after}::uuid is null
         or (t.accepted_at, t.id) < (select a.accepted_at, a.id from task a where a.id = ${after}::uuid))
     order by t.accepted_at desc, t.id desc
     limit ${query.limit}::int
  `.execute(db);
  return rows.map(toTask);
}
