import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { LAST_SHARE } from '../share-of.ts';
import { type ClaimedRun, type RunRow, toClaimedRuns } from './claim-runs.ts';
import type { DueVersion } from './find-due-versions.ts';

/**
 * Locks due runs of one version until the transaction ends, chosen as `claimRuns` does. Rows that others hold are passed
 * over. When the transaction rests for longer than the lease, as that of a worker that stalls, PostgreSQL ends it.
 */
export async function lockDueRuns(
  tx: Db,
  version: DueVersion,
  { now, leaseSeconds, limit }: { now: Date; leaseSeconds: number; limit: number },
): Promise<ClaimedRun[]> {
  const { rows } = await sql<RunRow>`
    with rest as materialized (
      select set_config('idle_in_transaction_session_timeout', ${`${leaseSeconds}s`}::text, true) as seconds
    ), active as materialized (
      select s.share::smallint as share
        from generate_series(0, ${LAST_SHARE}::int) as s(share)
       cross join rest
       where exists (
         select from run r
          where r.workflow_id = ${version.workflowId}::int and r.version = ${version.version}::int
            and r.share = s.share::smallint and r.due_at <= ${now}::timestamptz)
    )
    select d.*
      from active
     cross join lateral (
       select r.slot, r.id, r.profile_id, r.task_id, r.share, r.node, r.status, r.resume, r.reason, r.steps, r.depth,
              r.context_id, r.content, r.saved, r.custom_data
         from run r
        where r.workflow_id = ${version.workflowId}::int and r.version = ${version.version}::int
          and r.share = active.share and r.due_at <= ${now}::timestamptz
        order by r.due_at
        limit (select ceil(${limit}::numeric / greatest(count(*), 1)) from active)
          for update skip locked
     ) d
  `.execute(tx);
  return toClaimedRuns(rows);
}
