import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Marks messages under way as let through by their caps: from then on they count. The caller holds their profiles.
 * `sent_at` is that mark until they are settled.
 */
export async function permitMessages(
  tx: Db,
  messages: readonly { slot: number; id: string; token: string }[],
  now: Date,
): Promise<void> {
  await sql`
    update message m
       set sent_at = ${now}::timestamptz
      from json_to_recordset(${JSON.stringify(messages)}::json) as k(slot smallint, id text, token uuid)
     where m.slot = k.slot and m.id = k.id and m.claim_token = k.token
  `.execute(tx);
}
