import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface ClaimedDelivery {
  readonly id: string;
  readonly body: string;
  /** Tries that have ended before this one. */
  readonly attempts: number;
  readonly giveUpAt: Date;
  readonly leaseEnd: Date;
}

/** Claims due deliveries of a hook, the longest due first. The time until it is given up begins at its first claim. */
export async function claimDeliveries(
  tx: Db,
  claim: {
    hookId: number;
    token: string;
    now: Date;
    leaseSeconds: number;
    giveUpSeconds: number;
    limit: number;
  },
): Promise<ClaimedDelivery[]> {
  const { hookId, token, now, leaseSeconds, giveUpSeconds, limit } = claim;
  const { rows } = await sql<ClaimedDelivery>`
    with due as (
      select id
        from hook_delivery
       where hook_id = ${hookId}::int and status = 'queued' and due_at <= ${now}::timestamptz
       order by due_at, id
       limit ${limit}::int
         for update skip locked
    )
    update hook_delivery d
       set claim_token = ${token}::uuid,
           due_at = ${now}::timestamptz + make_interval(secs => ${leaseSeconds}::int),
           give_up_at = coalesce(d.give_up_at, ${now}::timestamptz + make_interval(secs => ${giveUpSeconds}::int)),
           last_tried_at = ${now}::timestamptz
      from due
     where d.id = due.id
    returning d.id, d.body, d.attempts, d.give_up_at as "giveUpAt", d.due_at as "leaseEnd"
  `.execute(tx);
  return rows;
}
