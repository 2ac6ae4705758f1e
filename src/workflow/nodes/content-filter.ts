import type { JsonObject } from '../../base/index.ts';
import { withStatementLimit } from '../../db/index.ts';
import type { Filter } from '../../query/index.ts';
import { filterDocuments } from '../sql/filter-documents.ts';
import { FILTER_LIMIT_MS, FILTER_TOO_SLOW } from './filter-limit.ts';
import type { NodeBase } from './node-base.ts';
import type { NodeReader } from './node-reader.ts';
import type { ExecuteNode, WalkingRun } from './walking-run.ts';

/** Asks `apicontent`: the content of the request and the answers that the run has saved. */
export interface ContentFilterNode extends NodeBase {
  readonly type: 'content_filter';
  readonly filter: Filter;
}

export function parseContentFilter(reader: NodeReader): ContentFilterNode | undefined {
  reader.edge('yes');
  reader.edge('no');
  const filter = reader.filter('filter');
  if (filter === undefined) return undefined;
  return { id: reader.id, type: 'content_filter', filter, edges: reader.edges };
}

/** Runs without content of their own share the document of their request, which is sent and judged once. */
function documentKey(run: WalkingRun): string {
  return run.ownContent ? `run ${run.id}` : `context ${run.contextId}`;
}

export const executeContentFilter: ExecuteNode<ContentFilterNode> = async (node, runs, { tx }) => {
  const documents = new Map<string, JsonObject>();
  for (const run of runs) documents.set(documentKey(run), run.content);
  const met = await withStatementLimit(tx, FILTER_LIMIT_MS, () =>
    filterDocuments(tx, documents, node.filter),
  );
  if (!met.ok) return runs.map(() => ({ kind: 'fail', reason: `${node.id}: ${FILTER_TOO_SLOW}` }));
  return runs.map((run) => ({ kind: 'leave', edge: met.value.has(documentKey(run)) ? 'yes' : 'no' }));
};
