import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Rows that share a count, so that workers which count at the same moment rarely wait for each other. */
const SHARDS = 8;

/** How many runs have left a node by one outcome: an edge, `end`, `failed`, or `loop`. */
export interface NodeCount {
  readonly workflowId: number;
  readonly version: number;
  readonly node: string;
  readonly outcome: string;
  readonly passed: number;
}

/** Adds to the counts, each key named once. Keys are locked in order: one call a transaction, so nobody deadlocks. */
export async function addNodeCounts(tx: Db, counts: readonly NodeCount[]): Promise<void> {
  const shard = Math.floor(Math.random() * SHARDS);
  await sql`
    insert into node_count as kept (workflow_id, version, node, outcome, shard, passed)
    select "workflowId", version, node, outcome, ${shard}::smallint, passed
      from json_to_recordset(${JSON.stringify(counts)}::json)
        as c("workflowId" int, version int, node text, outcome text, passed bigint)
     order by "workflowId", version, node, outcome
    on conflict (workflow_id, version, node, outcome, shard) do update
      set passed = kept.passed + excluded.passed
  `.execute(tx);
}
