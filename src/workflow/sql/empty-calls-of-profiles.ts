import { sql } from 'kysely';
import { slotOf } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

/**
 * Takes out of the settled API calls of these profiles what was sent: all of the request but its method. A call that is
 * under way is sent as it is, and keeps its request until it is purged.
 */
export async function emptyCallsOfProfiles(tx: Db, profileIds: readonly string[]): Promise<void> {
  const keys = JSON.stringify(profileIds.map((id) => ({ id, slot: slotOf(id) })));
  await sql`
    update api_call a
       set request = jsonb_build_object('method', a.request -> 'method')
      from json_to_recordset(${keys}::json) as k(id text, slot smallint)
      join run r on r.slot = k.slot and r.profile_id = k.id
     where a.slot = r.slot and a.run_id = r.id and a.settled_at is not null
  `.execute(tx);
}
