import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { LANE_COUNT, WIDE_LANE } from '../../profiles/index.ts';

/** The lanes that are worked on side by side. */
export const ORDINARY_LANES: readonly number[] = Array.from({ length: LANE_COUNT }, (_, lane) => lane);

export interface ClaimedLane {
  readonly databaseId: number;
  readonly lane: number;
  readonly token: string;
  /** This claim and those before it that did not settle. */
  readonly attempts: number;
  readonly claimedAt: Date;
}

/**
 * Claims the lane whose oldest pending chunk was accepted first, among those that nobody holds. The wide lane waits for
 * all chunks that were accepted before its own, and those after it wait for it.
 */
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
          where c.database_id = l.database_id and c.lane = l.lane
            and c.settled_at is null and not c.is_held
          order by c.id
          limit 1
       ) oldest
       where l.due_at <= ${claim.now}::timestamptz
         and not exists (
           select 1
             from import_chunk o
            where o.database_id = l.database_id and o.settled_at is null and not o.is_held and o.id < oldest.id
              and o.lane = any (case when l.lane = ${WIDE_LANE}::smallint then ${ORDINARY_LANES}::smallint[]
                                     else array[${WIDE_LANE}::smallint] end)
         )
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
