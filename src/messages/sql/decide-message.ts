import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Writes what a person has decided about a message, where it still is `parked` as unknown, or not sent and not under
 * way. One that is queued again has an hour at least.
 * @returns whether it was.
 */
export async function decideMessage(
  tx: Db,
  key: { readonly slot: number; readonly id: string },
  from: 'parked' | 'unsent',
  to: { readonly status: 'sent' | 'queued' | 'unknown' | 'cancelled'; readonly reason: string | null },
  now: Date,
): Promise<boolean> {
  const { rows } = await sql`
    update message m
       set status = ${to.status}::text, reason = ${to.reason}::text,
           due_at = case when ${to.status}::text = 'queued' then ${now}::timestamptz end,
           sent_at = case when ${to.status}::text in ('sent', 'unknown') then m.sent_at end,
           give_up_at = case when ${to.status}::text = 'queued'
             then greatest(m.give_up_at, ${now}::timestamptz + interval '1 hour') else m.give_up_at end,
           settled_at = case when ${to.status}::text <> 'queued' then ${now}::timestamptz end
     where m.slot = ${key.slot}::smallint and m.id = ${key.id}::text
       and case ${from}::text when 'parked' then m.status = 'unknown' and m.settled_at is null
                else m.status in ('queued', 'held') and m.claim_token is null end
    returning m.id
  `.execute(tx);
  return rows.length > 0;
}
