import { withStatementLimit } from '../../db/index.ts';
import type { Filter } from '../../query/index.ts';
import { filterInSegments } from '../../segments/index.ts';
import { FILTER_LIMIT_MS, FILTER_TOO_SLOW } from './filter-limit.ts';
import type { NodeBase } from './node-base.ts';
import type { NodeReader } from './node-reader.ts';
import type { ExecuteNode } from './walking-run.ts';

/** Asks the profile, its subscriptions and segments. */
export interface ConditionNode extends NodeBase {
  readonly type: 'condition';
  readonly filter: Filter;
}

export function parseCondition(reader: NodeReader): ConditionNode | undefined {
  reader.edge('yes');
  reader.edge('no');
  const filter = reader.filter('filter');
  return filter === undefined ? undefined : { id: reader.id, type: 'condition', filter, edges: reader.edges };
}

/** A profile that is not there any more meets no condition. */
export const executeCondition: ExecuteNode<ConditionNode> = async (node, runs, { tx, databaseId }) => {
  const ids = [...new Set(runs.map((run) => run.profileId))];
  const met = await withStatementLimit(tx, FILTER_LIMIT_MS, () =>
    filterInSegments(tx, databaseId, ids, node.filter),
  );
  if (!met.ok) return runs.map(() => ({ kind: 'fail', reason: `${node.id}: ${FILTER_TOO_SLOW}` }));
  return runs.map((run) => ({ kind: 'leave', edge: met.value.has(run.profileId) ? 'yes' : 'no' }));
};
