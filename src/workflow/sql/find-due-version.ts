import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface DueVersion {
  readonly workflowId: number;
  readonly version: number;
}

/**
 * The workflow version whose longest due run has been due longest. One look into the index for each version that was
 * ever published; ended runs are not in it.
 */
export async function findDueVersion(db: Db, now: Date): Promise<DueVersion | undefined> {
  const { rows } = await sql<{ workflow_id: number; version: number }>`
    select v.workflow_id, v.version
      from workflow_version v
     cross join lateral (
       select r.due_at
         from run r
        where r.workflow_id = v.workflow_id and r.version = v.version and r.due_at <= ${now}::timestamptz
        order by r.due_at
        limit 1
     ) first
     order by first.due_at
     limit 1
  `.execute(db);
  return rows[0] && { workflowId: rows[0].workflow_id, version: rows[0].version };
}
