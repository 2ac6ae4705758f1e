import { sql } from 'kysely';
import type { JsonObject } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { EdgeName } from '../nodes/node-base.ts';
import { LAST_SHARE } from '../share-of.ts';
import type { DueVersion } from './find-due-versions.ts';

export interface ClaimedRun {
  readonly slot: number;
  readonly id: string;
  readonly profileId: string;
  readonly taskId: string | null;
  /** See the column. */
  readonly share: number;
  readonly node: string;
  readonly status: 'active' | 'waiting';
  /** The edge by which it leaves its node; null = it enters the node. */
  readonly resume: EdgeName | null;
  readonly reason: string | null;
  readonly steps: number;
  /** How many triggers led to the run; 0 = none. */
  readonly depth: number;
  readonly contextId: number | null;
  readonly content: JsonObject | null;
  readonly saved: JsonObject | null;
  /** Of the item itself; null = that of the request holds. */
  readonly customData: JsonObject | null;
}

/** The columns of a claimed run. */
export interface RunRow {
  slot: number;
  id: string;
  profile_id: string;
  task_id: string | null;
  share: number;
  node: string;
  status: 'active' | 'waiting';
  resume: EdgeName | null;
  reason: string | null;
  steps: number;
  depth: number;
  context_id: number | null;
  content: JsonObject | null;
  saved: JsonObject | null;
  custom_data: JsonObject | null;
}

/**
 * Claims due runs of one version until `leaseEnd`: as many from each share that has some, of each the longest due
 * first, about `limit` in all. Rows that others hold are passed over.
 */
export async function claimRuns(
  db: Db,
  version: DueVersion,
  claim: { token: string; now: Date; leaseEnd: Date; limit: number },
): Promise<ClaimedRun[]> {
  const { rows } = await sql<RunRow>`
    with active as materialized (
      select s.share::smallint as share
        from generate_series(0, ${LAST_SHARE}::int) as s(share)
       where exists (
         select from run r
          where r.workflow_id = ${version.workflowId}::int and r.version = ${version.version}::int
            and r.share = s.share::smallint and r.due_at <= ${claim.now}::timestamptz)
    ), due as (
      select d.slot, d.id
        from active
       cross join lateral (
         select r.slot, r.id
           from run r
          where r.workflow_id = ${version.workflowId}::int and r.version = ${version.version}::int
            and r.share = active.share and r.due_at <= ${claim.now}::timestamptz
          order by r.due_at
          limit (select ceil(${claim.limit}::numeric / greatest(count(*), 1)) from active)
            for update skip locked
       ) d
    )
    update run r
       set claim_token = ${claim.token}::uuid, due_at = ${claim.leaseEnd}::timestamptz
      from due
     where r.slot = due.slot and r.id = due.id
    returning r.slot, r.id, r.profile_id, r.task_id, r.share, r.node, r.status, r.resume, r.reason, r.steps, r.depth,
              r.context_id, r.content, r.saved, r.custom_data
  `.execute(db);
  return toClaimedRuns(rows);
}

/** Ids are in the order of starting, so that two runs of one profile go in their order. */
export function toClaimedRuns(rows: readonly RunRow[]): ClaimedRun[] {
  return rows.map(toClaimedRun).sort((left, right) => (left.id < right.id ? -1 : 1));
}

export function toClaimedRun(row: RunRow): ClaimedRun {
  return {
    slot: row.slot,
    id: row.id,
    profileId: row.profile_id,
    taskId: row.task_id,
    share: row.share,
    node: row.node,
    status: row.status,
    resume: row.resume,
    reason: row.reason,
    steps: row.steps,
    depth: row.depth,
    contextId: row.context_id,
    content: row.content,
    saved: row.saved,
    customData: row.custom_data,
  };
}
