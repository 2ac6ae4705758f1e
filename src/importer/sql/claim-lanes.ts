import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { LANE_COUNT, WIDE_LANE } from '../../profiles/index.ts';

/** The lanes that are worked on side by side. */
export const ORDINARY_LANES: readonly number[] = Array.from({ length: LANE_COUNT }, (_, lane) => lane);

/** Lanes of one database. */
export interface ClaimedLanes {
  readonly databaseId: number;
  /** In their order. */
  readonly lanes: readonly number[];
  readonly token: string;
  /** This claim and those before it that did not settle; more than one lane is claimed for the first time alone. */
  readonly attempts: number;
  readonly claimedAt: Date;
}

/**
 * Claims the lane whose oldest pending chunk was accepted first, among those that nobody holds, and with it the next of
 * the same database, up to `limit`. The wide lane waits for all chunks that were accepted before its own, and those after
 * it wait for it; it is claimed alone, as is a lane whose last claim did not settle.
 */
export async function claimLanes(
  db: Db,
  claim: { token: string; now: Date; leaseEnd: Date; limit: number },
): Promise<ClaimedLanes | undefined> {
  const { rows } = await sql<{ database_id: number; lane: number; attempts: number }>`
    with free as (
      select l.database_id, l.lane, l.attempts, oldest.id,
             l.attempts > 0 or l.lane = ${WIDE_LANE}::smallint as alone
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
       limit ${claim.limit}::int
         for update of l skip locked
    ), first as (
      select * from free order by id limit 1
    ), chosen as (
      select free.database_id, free.lane
        from free
        join first on first.database_id = free.database_id
       where free.lane = first.lane or not (free.alone or first.alone)
    )
    update import_lane l
       set claim_token = ${claim.token}::uuid, due_at = ${claim.leaseEnd}::timestamptz, attempts = l.attempts + 1
      from chosen
     where l.database_id = chosen.database_id and l.lane = chosen.lane
    returning l.database_id, l.lane, l.attempts
  `.execute(db);
  const [row] = rows;
  if (row === undefined) return undefined;
  const lanes = rows.map(({ lane }) => lane).sort((left, right) => left - right);
  const { token, now: claimedAt } = claim;
  return { databaseId: row.database_id, lanes, attempts: row.attempts, token, claimedAt };
}
