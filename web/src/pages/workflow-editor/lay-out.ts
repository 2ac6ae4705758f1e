import dagre from '@dagrejs/dagre';
import { type Draft, linksOf, type OutputsByType, type Place } from './draft.ts';

export const NODE_WIDTH = 232;
export const NODE_HEIGHT = 96;

/** Where all nodes would stand: from the start downwards, with as few crossings as there need be. */
export function layOut(draft: Draft, types: OutputsByType): Record<string, Place> {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 48, ranksep: 72 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of draft.nodes) graph.setNode(id, { width: NODE_WIDTH, height: NODE_HEIGHT });
  for (const { source, output, target } of linksOf(draft, types)) {
    if (graph.hasNode(target)) graph.setEdge(source, target, {}, output.key);
  }
  dagre.layout(graph);
  return Object.fromEntries(
    draft.nodes.map(({ id }) => {
      const { x, y } = graph.node(id);
      return [id, { x: Math.round(x - NODE_WIDTH / 2), y: Math.round(y - NODE_HEIGHT / 2) }];
    }),
  );
}

/** The places that are kept, and where some are missing, new ones for all: nodes must not lie on each other. */
export function placesOf(draft: Draft, types: OutputsByType): Readonly<Record<string, Place>> {
  return draft.nodes.every(({ id }) => draft.layout[id] !== undefined) ? draft.layout : layOut(draft, types);
}
