import { sql } from 'kysely';
import type { EndedClaim } from '../../budgets/index.ts';
import type { Db } from '../../db/index.ts';

/** How many messages of a sender are claimed by workers whose leases hold, but for those that are known to have ended. */
export async function countClaimedMessages(
  tx: Db,
  senderId: number,
  now: Date,
  ended: readonly EndedClaim[],
): Promise<number> {
  const { rows } = await sql<{ claimed: number }>`
    select count(*) as claimed
      from message m
     where sender_id = ${senderId}::int and claim_token is not null and due_at > ${now}::timestamptz
       and not exists (
         select from unnest(${ended.map(({ id }) => id)}::text[], ${ended.map(({ token }) => token)}::uuid[])
                  as e(id, token)
          where e.id = m.id and e.token = m.claim_token)
  `.execute(tx);
  return rows[0]?.claimed ?? 0;
}
