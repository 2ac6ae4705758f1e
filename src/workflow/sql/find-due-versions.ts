import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { LAST_SHARE } from '../share-of.ts';

export interface DueVersion {
  readonly workflowId: number;
  readonly version: number;
}

/** Names the version among those of all workflows. */
export function versionKey({ workflowId, version }: DueVersion): string {
  return `${workflowId} ${version}`;
}

/**
 * The workflow versions that have due runs, the one whose run has been due longest first; those of paused workflows
 * wait. One look into the index for each version that was ever published, and one for each share of those that have
 * runs inside; ended runs are not in it.
 */
export async function findDueVersions(db: Db, now: Date): Promise<DueVersion[]> {
  const { rows } = await sql<{ workflow_id: number; version: number }>`
    with inside as materialized (
      select v.workflow_id, v.version
        from workflow w
        join workflow_version v on v.workflow_id = w.id
       where w.paused_at is null and exists (
         select from run r
          where r.workflow_id = v.workflow_id and r.version = v.version and r.due_at is not null)
    )
    select v.workflow_id, v.version
      from inside v
     cross join lateral (
       select min(f.due_at) as due_at
         from generate_series(0, ${LAST_SHARE}::int) as s(share)
        cross join lateral (
          select r.due_at
            from run r
           where r.workflow_id = v.workflow_id and r.version = v.version and r.share = s.share::smallint
             and r.due_at <= ${now}::timestamptz
           order by r.due_at
           limit 1
        ) f
     ) first
     where first.due_at is not null
     order by first.due_at
  `.execute(db);
  return rows.map((row) => ({ workflowId: row.workflow_id, version: row.version }));
}
