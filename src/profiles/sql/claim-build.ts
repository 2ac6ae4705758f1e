import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface ClaimedBuild {
  readonly id: number;
  readonly databaseId: number;
  readonly token: string;
}

/**
 * Claims the build that has waited longest. One whose fence is not older than every open transaction has to wait: such a
 * transaction may have read the fields before, and would write profiles without what the build is to complete.
 */
export async function claimBuild(
  db: Db,
  claim: { token: string; now: Date; leaseEnd: Date },
): Promise<ClaimedBuild | undefined> {
  const { rows } = await sql<{ id: number; database_id: number }>`
    with free as (
      select id
        from field_build
       where due_at <= ${claim.now}::timestamptz and fence_xid < pg_snapshot_xmin(pg_current_snapshot())
       order by due_at, id
       limit 1
         for update skip locked
    )
    update field_build b
       set claim_token = ${claim.token}::uuid, due_at = ${claim.leaseEnd}::timestamptz, attempts = b.attempts + 1,
           started_at = coalesce(b.started_at, ${claim.now}::timestamptz)
      from free
     where b.id = free.id
    returning b.id, b.database_id
  `.execute(db);
  const [row] = rows;
  return row && { id: row.id, databaseId: row.database_id, token: claim.token };
}
