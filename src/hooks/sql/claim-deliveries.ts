import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface ClaimedDelivery {
  readonly id: string;
  readonly hookId: number;
  readonly body: string;
  /** Tries that have ended before this one. */
  readonly attempts: number;
  readonly giveUpAt: Date;
}

/**
 * Claims due deliveries of active hooks: of each hook its longest due ones, at most `perHook` with those under way, and
 * of all hooks the first before the second of any, so that free places are shared. Processes that claim at one
 * moment may together exceed `perHook` for the length of a try.
 */
export async function claimDeliveries(
  db: Db,
  claim: {
    token: string;
    now: Date;
    leaseSeconds: number;
    giveUpSeconds: number;
    perHook: number;
    limit: number;
  },
): Promise<ClaimedDelivery[]> {
  const { now, perHook, limit } = claim;
  const { rows } = await sql<{
    id: string;
    hook_id: number;
    body: string;
    attempts: number;
    give_up_at: Date;
  }>`
    with candidate as (
      select d.id, d.due_at, d.nth + busy.deliveries as place
        from hook h
       cross join lateral (
         select count(*) as deliveries
           from hook_delivery b
          where b.hook_id = h.id and b.status = 'queued' and b.claim_token is not null
            and b.due_at > ${now}::timestamptz
       ) busy
       cross join lateral (
         select due.id, due.due_at, row_number() over (order by due.due_at, due.id) as nth
           from (select w.id, w.due_at
                   from hook_delivery w
                  where w.hook_id = h.id and w.status = 'queued' and w.due_at <= ${now}::timestamptz
                  order by w.due_at, w.id
                  limit greatest(0, ${perHook}::int - busy.deliveries)) due
       ) d
       where h.is_active
       order by place, d.due_at
       limit ${limit}::int
    ), held as (
      select d.id
        from hook_delivery d
       where d.id in (select id from candidate) and d.status = 'queued' and d.due_at <= ${now}::timestamptz
         for update skip locked
    )
    update hook_delivery d
       set claim_token = ${claim.token}::uuid,
           due_at = ${now}::timestamptz + make_interval(secs => ${claim.leaseSeconds}::int),
           give_up_at = coalesce(d.give_up_at, ${now}::timestamptz + make_interval(secs => ${claim.giveUpSeconds}::int)),
           last_tried_at = ${now}::timestamptz
      from held
     where d.id = held.id
    returning d.id, d.hook_id, d.body, d.attempts, d.give_up_at
  `.execute(db);
  return rows.map((row) => ({
    id: row.id,
    hookId: row.hook_id,
    body: row.body,
    attempts: row.attempts,
    giveUpAt: row.give_up_at,
  }));
}
