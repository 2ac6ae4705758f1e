import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Erases what messages know of profiles: those that nobody has begun to send are cancelled, addresses and answers of
 * all are blanked. One that is under way finds its profile gone when it is settled. Locks in order of id; the caller
 * holds the profiles and their runs.
 */
export async function forgetMessages(
  tx: Db,
  profiles: readonly { readonly slot: number; readonly profileId: string }[],
  now: Date,
): Promise<void> {
  await sql`
    with concerned as (
      select m.slot, m.id, m.status in ('queued', 'held') and m.claim_token is null as unsent,
             m.status = 'unknown' and m.settled_at is null as parked
        from message m
        join json_to_recordset(${JSON.stringify(profiles)}::json) as k(slot smallint, "profileId" text)
          on m.slot = k.slot and m.profile_id = k."profileId"
       order by m.id
         for update of m
    )
    update message m
       set address = null, answer = null,
           status = case when c.unsent then 'cancelled' else m.status end,
           reason = case when c.unsent then 'the profile was erased' else m.reason end,
           due_at = case when c.unsent then null else m.due_at end,
           settled_at = case when c.unsent or c.parked then ${now}::timestamptz else m.settled_at end
      from concerned c
     where m.slot = c.slot and m.id = c.id
  `.execute(tx);
}
