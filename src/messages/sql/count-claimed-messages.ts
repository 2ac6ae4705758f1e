import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** How many messages of a sender are claimed by workers whose leases hold. */
export async function countClaimedMessages(tx: Db, senderId: number, now: Date): Promise<number> {
  const { rows } = await sql<{ claimed: number }>`
    select count(*) as claimed
      from message
     where sender_id = ${senderId}::int and claim_token is not null and due_at > ${now}::timestamptz
  `.execute(tx);
  return rows[0]?.claimed ?? 0;
}
