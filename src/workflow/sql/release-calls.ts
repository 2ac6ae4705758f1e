import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Gives up claims without an outcome, so that another process makes the tries at once instead of after the lease. */
export async function releaseCalls(
  db: Db,
  calls: readonly { slot: number; id: string; token: string }[],
  now: Date,
): Promise<void> {
  await sql`
    update api_call c
       set claim_token = null, due_at = ${now}::timestamptz
      from json_to_recordset(${JSON.stringify(calls)}::json) as k(slot smallint, id text, token uuid)
     where c.slot = k.slot and c.id = k.id and c.claim_token = k.token
  `.execute(db);
}
