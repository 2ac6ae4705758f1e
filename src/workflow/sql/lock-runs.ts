import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Locks runs until the transaction ends, in order of id as the engine does: before their calls are locked. Runs that are
 * not there are passed over.
 */
export async function lockRuns(tx: Db, runs: readonly { slot: number; runId: string }[]): Promise<void> {
  const keys = JSON.stringify(runs.map(({ slot, runId }) => ({ slot, id: runId })));
  await sql`
    select 1
      from run r
      join json_to_recordset(${keys}::json) as k(slot smallint, id text) on r.slot = k.slot and r.id = k.id
     order by r.id
       for update of r
  `.execute(tx);
}
