import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { RunKey } from './select-live-runs-of-profiles.ts';

/**
 * Locks those of the runs that have not ended, in order of id as the engine does, until the transaction ends. A
 * statement of its own, so that the next one sees the calls that an engine has queued for them meanwhile.
 */
export async function lockLiveRuns(tx: Db, runs: readonly RunKey[]): Promise<RunKey[]> {
  const { rows } = await sql<RunKey>`
    select r.slot, r.id
      from run r
      join json_to_recordset(${JSON.stringify(runs)}::json) as k(slot smallint, id text)
        on r.slot = k.slot and r.id = k.id
     where r.status in ('active', 'waiting')
     order by r.id
       for update of r
  `.execute(tx);
  return rows;
}
