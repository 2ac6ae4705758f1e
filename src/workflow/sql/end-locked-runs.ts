import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { type EndedRow, type EndedRun, ending, toEndedRun } from './ending.ts';
import type { RunKey } from './select-live-runs-of-profiles.ts';

/**
 * Ends runs that the caller has locked alive, see `ending`.
 */
export async function endLockedRuns(
  tx: Db,
  runs: readonly RunKey[],
  reason: string,
  now: Date,
): Promise<EndedRun[]> {
  const { rows } = await sql<EndedRow>`
    with live as (
      select r.slot, r.id, r.status, r.effect_id
        from run r
        join json_to_recordset(${JSON.stringify(runs)}::json) as k(slot smallint, id text)
          on r.slot = k.slot and r.id = k.id
    ), ${ending(reason, now)}
  `.execute(tx);
  return rows.map(toEndedRun);
}
