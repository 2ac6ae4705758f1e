import { sql } from 'kysely';
import { SLOT_COUNT } from '../../base/index.ts';
import { type Db, joinConditions } from '../../db/index.ts';
import type { UnknownPolicy } from '../../messages/index.ts';

/** `parked` = unknown, and a person is to decide. */
export const callStates = ['queued', 'held', 'done', 'failed', 'cancelled', 'unknown', 'parked'] as const;
export type CallState = (typeof callStates)[number];

/** An API call as an operator sees it: without its request, which may hold secrets. */
export interface ListedCall {
  readonly slot: number;
  readonly id: string;
  readonly databaseId: number;
  readonly workflowId: number;
  readonly version: number;
  readonly node: string;
  readonly runId: string;
  readonly profileId: string;
  readonly host: string;
  readonly method: string;
  readonly state: CallState;
  readonly onUnknown: UnknownPolicy;
  readonly attempts: number;
  readonly retriesLeft: number;
  readonly httpStatus: number | null;
  readonly fault: string | null;
  readonly isUnderWay: boolean;
  readonly dueAt: Date | null;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
}

export interface CallSearch {
  /** Null = all. */
  readonly databaseIds: readonly number[] | null;
  readonly id?: string | undefined;
  readonly runId?: string | undefined;
  readonly workflowId?: number | undefined;
  readonly host?: string | undefined;
  readonly state?: CallState | undefined;
  /** The last id of the page before. */
  readonly before?: string | undefined;
  readonly limit: number;
}

interface CallRow {
  slot: number;
  id: string;
  database_id: number;
  workflow_id: number;
  version: number;
  node: string;
  run_id: string;
  profile_id: string;
  host: string;
  method: string;
  state: CallState;
  on_unknown: UnknownPolicy;
  attempts: number;
  retries_left: number;
  http_status: number | null;
  fault: string | null;
  under_way: boolean;
  due_at: Date | null;
  created_at: Date;
  settled_at: Date | null;
}

/** Calls, the latest first: the first of each slot, put in order. A state or a host that is rare is looked for in all. */
export async function selectCalls(db: Db, search: CallSearch): Promise<ListedCall[]> {
  const state = search.state === 'parked' ? 'unknown' : search.state;
  const where = joinConditions([
    sql`c.slot = s.slot`,
    search.id === undefined ? undefined : sql`c.id = ${search.id}::text`,
    search.before === undefined ? undefined : sql`c.id < ${search.before}::text`,
    search.runId === undefined ? undefined : sql`c.run_id = ${search.runId}::text`,
    search.workflowId === undefined ? undefined : sql`c.workflow_id = ${search.workflowId}::int`,
    search.host === undefined ? undefined : sql`c.host = ${search.host}::text`,
    search.databaseIds === null ? undefined : sql`c.database_id = any(${search.databaseIds}::int[])`,
    state === undefined ? undefined : sql`c.status = ${state}::text`,
    search.state === 'parked' ? sql`c.settled_at is null` : undefined,
    search.state === 'unknown' ? sql`c.settled_at is not null` : undefined,
  ]);
  const { rows } = await sql<CallRow>`
    select c.slot, c.id, c.database_id, c.workflow_id, c.version, c.node, c.run_id, c.profile_id, c.host,
           c.request ->> 'method' as method,
           case when c.status = 'unknown' and c.settled_at is null then 'parked' else c.status end as state,
           c.on_unknown, c.attempts, c.retries_left, c.http_status, c.fault,
           c.claim_token is not null as under_way, c.due_at, c.created_at, c.settled_at
      from generate_series(0, ${SLOT_COUNT - 1}::int) s(slot)
     cross join lateral (
       select * from api_call c
        where ${where}
        order by c.id desc
        limit ${search.limit}::int
     ) c
     order by c.id desc
     limit ${search.limit}::int
  `.execute(db);
  return rows.map(toListedCall);
}

function toListedCall(row: CallRow): ListedCall {
  return {
    slot: row.slot,
    id: row.id,
    databaseId: row.database_id,
    workflowId: row.workflow_id,
    version: row.version,
    node: row.node,
    runId: row.run_id,
    profileId: row.profile_id,
    host: row.host,
    method: row.method,
    state: row.state,
    onUnknown: row.on_unknown,
    attempts: row.attempts,
    retriesLeft: row.retries_left,
    httpStatus: row.http_status,
    fault: row.fault,
    isUnderWay: row.under_way,
    dueAt: row.due_at,
    createdAt: row.created_at,
    settledAt: row.settled_at,
  };
}
