import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** How many deliveries of a hook any worker has under way; not those whose lease is over. */
export async function countClaimed(db: Db, hookId: number, now: Date): Promise<number> {
  const { rows } = await sql<{ claimed: number }>`
    select count(*) as claimed
      from hook_delivery
     where hook_id = ${hookId}::int and status = 'queued' and claim_token is not null
       and due_at > ${now}::timestamptz
  `.execute(db);
  return rows[0]?.claimed ?? 0;
}
