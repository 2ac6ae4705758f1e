import { type DefinitionFault, edgeKey, type NodeType } from '../nodes/node-base.ts';

/** A node as the graph sees it, whatever else is wrong with it. `type` undefined = an unknown one. */
export interface GraphNode {
  readonly id: string;
  readonly type: NodeType | undefined;
  /** Whether it names an event that starts runs; told apart only among start nodes. */
  readonly isTrigger: boolean;
  readonly edges: Readonly<Partial<Record<string, string>>>;
  /** Those by which runs may leave at once, where runs otherwise rest in the node. */
  readonly hasty: ReadonlySet<string>;
}

type Graph = ReadonlyMap<string, GraphNode>;

function edgesOf(node: GraphNode): { name: string; to: string }[] {
  return Object.entries(node.edges).flatMap(([name, to]) => (to === undefined ? [] : [{ name, to }]));
}

function checkStarts(graph: Graph): DefinitionFault[] {
  const starts = [...graph.values()].filter((node) => node.type === 'start');
  if (starts.length === 0) return [{ path: 'nodes', message: 'there is no start node' }];
  const [first, ...others] = starts.filter((node) => !node.isTrigger);
  return others.map((node) => ({
    path: `nodes.${node.id}.type`,
    message: `there is a start named Default already: ${first?.id}`,
  }));
}

function checkTargets(graph: Graph): DefinitionFault[] {
  const faults: DefinitionFault[] = [];
  for (const node of graph.values()) {
    for (const { name, to } of edgesOf(node)) {
      const path = `nodes.${node.id}.${edgeKey(name)}`;
      const target = graph.get(to);
      if (target === undefined) faults.push({ path, message: `there is no node ${JSON.stringify(to)}` });
      else if (target.type === 'start')
        faults.push({ path, message: 'an edge cannot lead into a start node' });
    }
  }
  return faults;
}

function checkReachable(graph: Graph): DefinitionFault[] {
  const reached = new Set<string>();
  const left = [...graph.values()].filter((node) => node.type === 'start').map((node) => node.id);
  // Without a start everything would be called unreachable; that fault is told already.
  if (left.length === 0) return [];
  for (let id = left.pop(); id !== undefined; id = left.pop()) {
    const node = graph.get(id);
    if (node === undefined || reached.has(id)) continue;
    reached.add(id);
    left.push(...edgesOf(node).map((edge) => edge.to));
  }
  return [...graph.keys()]
    .filter((id) => !reached.has(id))
    .map((id) => ({ path: `nodes.${id}`, message: 'no path leads here from a start' }));
}

const restingTypes: readonly string[] = ['delay', 'api_call', 'send', 'wait_event'];

/** Whether a run has rested in the node when it leaves by the edge, so that a cycle through it does not spin. */
function isResting(node: GraphNode, edge: string): boolean {
  return node.type !== undefined && restingTypes.includes(node.type) && !node.hasty.has(edge);
}

function checkCycles(graph: Graph): DefinitionFault[] {
  const faults: DefinitionFault[] = [];
  const done = new Set<string>();
  const trail: string[] = [];

  function visit(node: GraphNode): void {
    trail.push(node.id);
    for (const { name, to } of edgesOf(node)) {
      const target = graph.get(to);
      if (target === undefined || isResting(node, name) || done.has(to)) continue;
      const start = trail.indexOf(to);
      if (start < 0) {
        visit(target);
        continue;
      }
      const cycle = [...trail.slice(start), to].join(' → ');
      const message = `runs would spin: no ${restingTypes.join(', ')} lets them rest in the cycle ${cycle}`;
      faults.push({ path: `nodes.${node.id}.${edgeKey(name)}`, message });
    }
    trail.pop();
    done.add(node.id);
  }

  for (const node of graph.values()) if (!done.has(node.id)) visit(node);
  return faults;
}

/** Everything that is wrong with the edges: starts, targets, nodes without a way to them, cycles that would spin. */
export function checkGraph(graph: Graph): DefinitionFault[] {
  return [...checkStarts(graph), ...checkTargets(graph), ...checkReachable(graph), ...checkCycles(graph)];
}
