import type { NodeCountsObject } from '../src/http/admin/contract.ts';

/** How often runs left a node by each outcome. */
export interface Passage {
  readonly node: string;
  readonly outcomes: readonly (readonly [outcome: string, runs: number])[];
}

function sumByNode(counts: readonly NodeCountsObject[]): Map<string, Map<string, number>> {
  const sums = new Map<string, Map<string, number>>();
  for (const { node, passed } of counts) {
    const outcomes = sums.get(node) ?? new Map<string, number>();
    sums.set(node, outcomes);
    for (const [outcome, runs] of Object.entries(passed)) {
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + runs);
    }
  }
  return sums;
}

/**
 * What passed between two looks at a workflow's counts, over all versions, in the order of `nodes`. Nodes that nobody
 * left meanwhile are not in it.
 */
export function diffPassages(
  before: readonly NodeCountsObject[],
  after: readonly NodeCountsObject[],
  nodes: readonly string[],
): Passage[] {
  const [old, now] = [sumByNode(before), sumByNode(after)];
  return nodes.flatMap((node) => {
    const outcomes = [...(now.get(node) ?? [])]
      .map(([outcome, runs]) => [outcome, runs - (old.get(node)?.get(outcome) ?? 0)] as const)
      .filter(([, runs]) => runs > 0)
      .sort(([, left], [, right]) => right - left);
    return outcomes.length === 0 ? [] : [{ node, outcomes }];
  });
}
