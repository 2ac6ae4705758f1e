import { type RawBuilder, sql } from 'kysely';
import { type JsonObject, type JsonValue, SLOT_COUNT, slotOf } from '../../base/index.ts';
import { type Db, joinConditions } from '../../db/index.ts';
import type { RunStatus } from '../run-counts.ts';
import type { TrailStep } from '../trail.ts';

/** A run with what its request brought along and the state of what it waits for. */
export interface StoredRun {
  readonly id: string;
  readonly database_id: number;
  readonly profile_id: string;
  readonly workflow_id: number;
  readonly version: number;
  readonly task_id: string | null;
  readonly item_index: number | null;
  readonly node: string;
  readonly status: RunStatus;
  readonly reason: string | null;
  readonly due_at: Date | null;
  readonly is_claimed: boolean;
  readonly effect_id: string | null;
  readonly wait_event: string | null;
  readonly wait_message: string | null;
  readonly steps: number;
  readonly trail: TrailStep[] | null;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly content: JsonObject | null;
  readonly saved: JsonObject | null;
  readonly custom_data: JsonObject | null;
  readonly attach: JsonValue;
  readonly call: { status: string; attempts: number; due_at: string | null; fault: string | null } | null;
  readonly message: { status: string; attempts: number; due_at: string | null; reason: string | null } | null;
}

export interface RunQuery {
  readonly workflowId?: number | undefined;
  readonly profileId?: string | undefined;
  readonly taskId?: string | undefined;
  readonly status?: RunStatus | undefined;
  readonly node?: string | undefined;
  /** Null = runs in every database. */
  readonly databaseIds: readonly number[] | null;
  /** Only runs whose id is below: the last of the page before. */
  readonly after?: string | undefined;
  /** Only runs whose id is not below. */
  readonly from?: string | undefined;
  readonly limit: number;
}

async function select(db: Db, chosen: RawBuilder<unknown>): Promise<StoredRun[]> {
  const { rows } = await sql<StoredRun>`
    with chosen as (${chosen})
    select r.id, r.database_id, r.profile_id, r.workflow_id, r.version, r.task_id, r.item_index, r.node, r.status,
           r.reason, r.due_at, r.claim_token is not null as is_claimed, r.effect_id, r.wait_event, r.wait_message,
           r.steps, r.trail, r.started_at, r.ended_at, coalesce(r.content, c.content) as content, r.saved,
           coalesce(r.custom_data, c.custom_data) as custom_data,
           coalesce(nullif(r.attach, 'null'), c.attach) as attach,
           case when a.id is not null then
             json_build_object('status', a.status, 'attempts', a.attempts, 'due_at', a.due_at, 'fault', a.fault)
           end as call,
           case when m.id is not null then
             json_build_object('status', m.status, 'attempts', m.attempts, 'due_at', m.due_at, 'reason', m.reason)
           end as message
      from chosen
      join run r on r.slot = chosen.slot and r.id = chosen.id
      left join run_context c on c.id = r.context_id
      left join api_call a on a.slot = r.slot and a.id = r.effect_id
      left join message m on m.slot = r.slot and m.id = r.effect_id
     order by r.id desc
  `.execute(db);
  return rows;
}

/** The run with this id. A run lies in the slot of its profile, which the id does not tell: one look into each. */
export async function selectRun(db: Db, id: string): Promise<StoredRun | undefined> {
  const [run] = await select(
    db,
    sql`select slot, id from run
         where slot = any (array(select generate_series(0, ${SLOT_COUNT - 1}::int)::smallint))
           and id = ${id}::text`,
  );
  return run;
}

/**
 * Of the states that runs pass through, also what their partial indexes are made of: where few of many runs are in one,
 * these find them.
 */
function conditionOf(status: RunStatus): RawBuilder<unknown> {
  const condition = sql`r.status = ${status}::text`;
  if (status !== 'active' && status !== 'waiting') return condition;
  return sql`${condition} and (r.due_at is not null or (r.due_at is null and r.status in ('active', 'waiting')))`;
}

/** The newest runs that fit, at most `limit`. Found by the profile where it is named, else by the workflow. */
export async function selectRuns(db: Db, query: RunQuery): Promise<StoredRun[]> {
  const { profileId, workflowId, taskId, status, node, databaseIds, after, from } = query;
  const where = joinConditions([
    profileId === undefined
      ? undefined
      : sql`r.slot = ${slotOf(profileId)}::smallint and r.profile_id = ${profileId}::text`,
    workflowId === undefined ? undefined : sql`r.workflow_id = ${workflowId}::int`,
    taskId === undefined ? undefined : sql`r.task_id = ${taskId}::uuid`,
    status === undefined ? undefined : conditionOf(status),
    node === undefined ? undefined : sql`r.node = ${node}::text`,
    databaseIds === null ? undefined : sql`r.database_id = any(${databaseIds}::int[])`,
    after === undefined ? undefined : sql`r.id < ${after}::text`,
    from === undefined ? undefined : sql`r.id >= ${from}::text`,
  ]);
  return select(
    db,
    sql`select r.slot, r.id
          from run r
         where ${where}
         order by r.id desc
         limit ${query.limit}::int`,
  );
}
