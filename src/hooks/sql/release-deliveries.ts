import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Gives up claims without an outcome: the deliveries are due at once, and their tries do not count. */
export async function releaseDeliveries(
  db: Db,
  claims: readonly { id: string; token: string }[],
  now: Date,
): Promise<void> {
  await sql`
    update hook_delivery d
       set claim_token = null, due_at = ${now}::timestamptz
      from json_to_recordset(${JSON.stringify(claims)}::json) as k(id uuid, token uuid)
     where d.id = k.id and d.claim_token = k.token
  `.execute(db);
}
