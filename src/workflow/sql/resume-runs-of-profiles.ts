import { sql } from 'kysely';
import { slotOf } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

/**
 * Makes runs of these profiles due that wait for the event of the profile; `event` as in the column. Where no version
 * of the database waits for it, no run is looked for. Locks in order of id.
 * @returns how many there were.
 */
export async function resumeRunsOfProfiles(
  tx: Db,
  databaseId: number,
  event: string,
  profileIds: readonly string[],
  now: Date,
): Promise<number> {
  const keys = JSON.stringify(profileIds.map((id) => ({ id, slot: slotOf(id) })));
  const { rows } = await sql<{ resumed: number }>`
    with waiting as (
      select r.slot, r.id
        from json_to_recordset(${keys}::json) as k(id text, slot smallint)
        join run r on r.slot = k.slot and r.profile_id = k.id
       where r.wait_event = ${event}::text and r.wait_message is null and r.database_id = ${databaseId}::int
         and exists (
           select from workflow_version v
             join workflow w on w.id = v.workflow_id
            where w.database_id = ${databaseId}::int and ${event}::text = any (v.waits))
       order by r.id
         for update of r
    ), resumed as (
      update run r
         set due_at = ${now}::timestamptz, claim_token = null, resume = 'next', reason = ${event}::text,
             wait_event = null
        from waiting
       where r.slot = waiting.slot and r.id = waiting.id
      returning 1
    )
    select count(*) as resumed from resumed
  `.execute(tx);
  return rows[0]?.resumed ?? 0;
}
