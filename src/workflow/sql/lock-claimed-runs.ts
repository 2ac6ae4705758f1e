import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Locks those of the runs that still carry the claim's token, in order of id, until the transaction ends. A worker that
 * stalled beyond its lease gets fewer back, and works on those alone.
 */
export async function lockClaimedRuns(
  tx: Db,
  runs: readonly { slot: number; id: string }[],
  token: string,
): Promise<Set<string>> {
  const keys = JSON.stringify(runs.map(({ slot, id }) => ({ slot, id })));
  const { rows } = await sql<{ id: string }>`
    select r.id
      from run r
      join json_to_recordset(${keys}::json) as k(slot smallint, id text) on r.slot = k.slot and r.id = k.id
     where r.claim_token = ${token}::uuid
     order by r.id
       for update of r
  `.execute(tx);
  return new Set(rows.map((row) => row.id));
}
