import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Gives up claims without an outcome, so that another process makes the tries at once instead of after the lease. */
export async function releaseMessages(
  db: Db,
  messages: readonly { slot: number; id: string; token: string }[],
  now: Date,
): Promise<void> {
  await sql`
    update message m
       set claim_token = null, due_at = ${now}::timestamptz, sent_at = null
      from json_to_recordset(${JSON.stringify(messages)}::json) as k(slot smallint, id text, token uuid)
     where m.slot = k.slot and m.id = k.id and m.claim_token = k.token
  `.execute(db);
}
