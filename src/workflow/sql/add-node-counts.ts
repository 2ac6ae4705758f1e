import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { DueVersion } from './find-due-version.ts';

/** Rows that share a count, so that workers which count at the same moment rarely wait for each other. */
const SHARDS = 8;

/** Adds how many runs have left each node by each outcome. Keys are locked in order, so nobody deadlocks. */
export async function addNodeCounts(
  tx: Db,
  { workflowId, version }: DueVersion,
  counts: readonly { readonly node: string; readonly outcome: string; readonly passed: number }[],
): Promise<void> {
  const shard = Math.floor(Math.random() * SHARDS);
  await sql`
    insert into node_count as kept (workflow_id, version, node, outcome, shard, passed)
    select ${workflowId}::int, ${version}::int, node, outcome, ${shard}::smallint, passed
      from json_to_recordset(${JSON.stringify(counts)}::json) as c(node text, outcome text, passed bigint)
     order by node, outcome
    on conflict (workflow_id, version, node, outcome, shard) do update
      set passed = kept.passed + excluded.passed
  `.execute(tx);
}
