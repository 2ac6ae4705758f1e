import { sql } from 'kysely';
import { slotOf } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

/**
 * The profiles among `ids` that have a run in the workflow: any run, or with `liveOnly` one that has not ended. The
 * caller holds the locks of the profiles, so that nobody starts another run meanwhile.
 */
export async function findProfilesInWorkflow(
  tx: Db,
  workflowId: number,
  ids: readonly string[],
  liveOnly: boolean,
): Promise<Set<string>> {
  const keys = JSON.stringify(ids.map((id) => ({ id, slot: slotOf(id) })));
  const { rows } = await sql<{ id: string }>`
    select k.id
      from json_to_recordset(${keys}::json) as k(id text, slot smallint)
     where exists (
       select from run r
        where r.slot = k.slot and r.profile_id = k.id and r.workflow_id = ${workflowId}::int
          and (not ${liveOnly}::boolean or r.status in ('active', 'waiting')))
  `.execute(tx);
  return new Set(rows.map((row) => row.id));
}
