import { sql } from 'kysely';
import { slotOf } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

/** A run by its key. */
export interface RunKey {
  readonly slot: number;
  readonly id: string;
}

/** The runs of these profiles that have not ended, whatever their workflow. The caller holds the locks of the profiles. */
export async function selectLiveRunsOfProfiles(tx: Db, profileIds: readonly string[]): Promise<RunKey[]> {
  const keys = JSON.stringify(profileIds.map((id) => ({ id, slot: slotOf(id) })));
  const { rows } = await sql<RunKey>`
    select r.slot, r.id
      from json_to_recordset(${keys}::json) as k(id text, slot smallint)
      join run r on r.slot = k.slot and r.profile_id = k.id
     where r.status in ('active', 'waiting')
  `.execute(tx);
  return rows;
}
