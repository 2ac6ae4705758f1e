import { sql } from 'kysely';
import { slotOf } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

/**
 * Takes out of all runs of these profiles what was sent along for the person, and what may tell of it: the details of
 * their trails. The runs stay, for the counters.
 */
export async function emptyRunsOfProfiles(tx: Db, profileIds: readonly string[]): Promise<void> {
  const keys = JSON.stringify(profileIds.map((id) => ({ id, slot: slotOf(id) })));
  await sql`
    update run r
       set content = null, custom_data = null, saved = null, attach = null,
           trail = (
             select jsonb_agg(jsonb_build_array(t.step -> 0, t.step -> 1, t.step -> 2) order by t.n)
               from jsonb_array_elements(r.trail) with ordinality as t(step, n))
      from json_to_recordset(${keys}::json) as k(id text, slot smallint)
     where r.slot = k.slot and r.profile_id = k.id
       and (r.content is not null or r.custom_data is not null or r.saved is not null
            or r.attach is not null or r.trail is not null)
  `.execute(tx);
}
