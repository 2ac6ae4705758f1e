import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Takes back those of the messages that nobody has begun to send. One that is under way is settled later and finds no
 * run that waits for it. Locks in order of id; the caller holds the runs. Ids of no message do nothing.
 */
export async function cancelMessages(
  tx: Db,
  messages: readonly { slot: number; id: string }[],
  now: Date,
): Promise<void> {
  await sql`
    with unsent as (
      select m.slot, m.id
        from message m
        join json_to_recordset(${JSON.stringify(messages)}::json) as k(slot smallint, id text)
          on m.slot = k.slot and m.id = k.id
       where m.status in ('queued', 'held') and m.claim_token is null
       order by m.id
         for update of m
    )
    update message m
       set status = 'cancelled', due_at = null, settled_at = ${now}::timestamptz
      from unsent
     where m.slot = unsent.slot and m.id = unsent.id
  `.execute(tx);
}
