import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Those with these ids, or all of that status. */
export type Revived = { readonly ids: readonly string[] } | { readonly status: 'queued' | 'parked' };

/** Makes deliveries of a hook due at once, but for those under way, with all their time before them; returns how many. */
export async function reviveRows(db: Db, hookId: number, which: Revived, now: Date): Promise<number> {
  const ids = 'ids' in which ? which.ids : null;
  const status = 'status' in which ? which.status : null;
  const { rows } = await sql<{ revived: number }>`
    with revived as (
      update hook_delivery
         set status = 'queued', due_at = ${now}::timestamptz, claim_token = null, give_up_at = null, attempts = 0,
             settled_at = null
       where hook_id = ${hookId}::int
         and (${ids}::uuid[] is null or id = any (${ids}::uuid[]))
         and (${status}::text is null or status = ${status}::text)
         and (status <> 'queued' or claim_token is null or due_at <= ${now}::timestamptz)
      returning 1
    )
    select count(*) as revived from revived
  `.execute(db);
  return rows[0]?.revived ?? 0;
}
