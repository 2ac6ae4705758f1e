import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface ClaimedLane {
  readonly databaseId: number;
  readonly lane: number;
  readonly token: string;
  /** This claim and those before it that did not settle. */
  readonly attempts: number;
  readonly claimedAt: Date;
}

/** Claims the lane whose oldest pending chunk was accepted first, among those that nobody holds. */
export async function claimLane(
  db: Db,
  claim: { token: string; now: Date; leaseEnd: Date },
): Promise<ClaimedLane | undefined> {
  const { rows } = await sql<{ database_id: number; lane: number; attempts: number }>`
    with free as (
      select l.database_id, l.lane
        from import_lane l
       cross join lateral (
         select c.id
           from import_chunk c
          where c.database_id = l.database_id and c.lane = l.lane and c.settled_at is null
          order by c.id
          limit 1
       ) oldest
       where l.due_at <= ${claim.now}::timestamptz
       order by oldest.id
       limit 1
         for update of l skip locked
    )
    update import_lane l
       set claim_token = ${claim.token}::uuid, due_at = ${claim.leaseEnd}::timestamptz, attempts = l.attempts + 1
      from free
     where l.database_id = free.database_id and l.lane = free.lane
    returning l.database_id, l.lane, l.attempts
  `.execute(db);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { token, now: claimedAt } = claim;
  return { databaseId: row.database_id, lane: row.lane, attempts: row.attempts, token, claimedAt };
}
