import type { Db } from '../db/index.ts';
import { countLiveRuns } from './sql/count-live-runs.ts';
import { sumNodeCounts } from './sql/sum-node-counts.ts';
import { getWorkflow } from './workflows.ts';

export interface NodeCounts {
  readonly version: number;
  readonly node: string;
  /** Runs that are in the node now, at work or due. */
  active: number;
  /** Runs that wait in the node now. */
  waiting: number;
  /** How many runs have left it by each outcome: an edge, `end`, `failed`; `loop` = was kept from entering. */
  readonly passed: Record<string, number>;
}

/**
 * Where the runs of a workflow are and where they have been, by version and node; nodes that no run has entered are
 * left out.
 * @throws {MusterError} 404 for an unknown workflow.
 */
export async function countNodes(db: Db, workflowId: number): Promise<NodeCounts[]> {
  await getWorkflow(db, workflowId);
  const counts = new Map<string, NodeCounts>();
  function entryOf(version: number, node: string): NodeCounts {
    const key = `${version} ${node}`;
    const entry = counts.get(key) ?? { version, node, active: 0, waiting: 0, passed: {} };
    counts.set(key, entry);
    return entry;
  }
  for (const live of await countLiveRuns(db, workflowId)) {
    entryOf(live.version, live.node)[live.status] += live.runs;
  }
  for (const count of await sumNodeCounts(db, workflowId)) {
    entryOf(count.version, count.node).passed[count.outcome] = count.passed;
  }
  return [...counts.values()].sort(
    (left, right) => left.version - right.version || (left.node < right.node ? -1 : 1),
  );
}
