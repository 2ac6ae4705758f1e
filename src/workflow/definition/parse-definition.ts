import {
  failure,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Outcome,
  ownValue,
  success,
} from '../../base/index.ts';
import { type DefinitionFault, nodeTypes } from '../nodes/node-base.ts';
import { NodeReader } from '../nodes/node-reader.ts';
import { type Node, parseNode } from '../nodes/node-types.ts';
import { checkGraph, type GraphNode } from './check-graph.ts';
import type { Definition } from './definition.ts';

const MAX_NODES = 1_000;

/** The nodes with their ids. Node ids are unique keys of the object form; in the list form that is checked. */
function listNodes(nodes: JsonValue | undefined, faults: DefinitionFault[]): [string, JsonObject][] {
  const listed: [string, JsonObject][] = [];
  if (Array.isArray(nodes)) {
    for (const [index, node] of nodes.entries()) {
      const path = `nodes[${index}]`;
      if (!isJsonObject(node)) faults.push({ path, message: 'expected an object' });
      else if (typeof node['id'] !== 'string')
        faults.push({ path: `${path}.id`, message: 'expected a text' });
      else listed.push([node['id'], node]);
    }
  } else if (isJsonObject(nodes)) {
    for (const [id, node] of Object.entries(nodes)) {
      const path = `nodes.${id}`;
      if (!isJsonObject(node)) faults.push({ path, message: 'expected an object' });
      else if ((node['id'] ?? id) !== id)
        faults.push({ path: `${path}.id`, message: 'expected the same id as the key' });
      else listed.push([id, node]);
    }
  } else faults.push({ path: 'nodes', message: 'expected a list of nodes' });
  return listed;
}

function checkIds(listed: readonly [string, JsonObject][], faults: DefinitionFault[]): void {
  const seen = new Set<string>();
  for (const [id] of listed) {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) {
      faults.push({ path: `nodes.${id}.id`, message: 'expected 1 to 64 letters, digits, _ or -' });
    }
    if (seen.has(id)) faults.push({ path: `nodes.${id}.id`, message: 'another node has this id' });
    seen.add(id);
  }
}

/** Where nodes stand when the graph is drawn, `{"check": {"x": 0, "y": 120}}`: kept for editors, runs know nothing of it. */
function checkLayout(layout: JsonValue | undefined, faults: DefinitionFault[]): void {
  if (layout === undefined) return;
  if (!isJsonObject(layout)) {
    faults.push({ path: 'layout', message: 'expected an object of node ids with x and y' });
    return;
  }
  for (const [id, place] of Object.entries(layout)) {
    const [x, y] = isJsonObject(place) ? [place['x'], place['y']] : [];
    if (typeof x === 'number' && typeof y === 'number') continue;
    faults.push({ path: `layout.${id}`, message: 'expected an object with the numbers x and y' });
  }
}

function waitsOf(node: Node): string[] {
  return node.type === 'wait_event' && node.wait.of === 'profile' ? [node.wait.event] : [];
}

/** Messages that are waited for must come from nodes that send. */
function waitFaults(nodes: ReadonlyMap<string, Node>): DefinitionFault[] {
  return [...nodes.values()].flatMap((node) => {
    if (node.type !== 'wait_event' || node.wait.of !== 'message' || node.wait.sendNode === null) return [];
    const path = `nodes.${node.id}.node`;
    const { sendNode } = node.wait;
    const isSend = nodes.get(sendNode)?.type === 'send';
    return isSend ? [] : [{ path, message: `there is no send node ${JSON.stringify(sendNode)}` }];
  });
}

function assemble(nodes: ReadonlyMap<string, Node>, listed: readonly [string, JsonObject][]): Definition {
  const all = [...nodes.values()];
  const starts = all.filter((node) => node.type === 'start');
  const fired = new Set(starts.filter((node) => node.trigger !== null).map((node) => node.id));
  for (const node of all) Object.freeze(node);
  const readers = ['content_filter', 'update_profile', 'update_subscription', 'api_call', 'emit'];
  const changers = ['update_profile', 'update_subscription', 'segment', 'workflow_jump'];
  return Object.freeze({
    start: starts.find((node) => node.trigger === null)?.id ?? null,
    triggers: listed.filter(([id]) => fired.has(id)).map(([id, object]) => ({ ...object, id })),
    nodes,
    changesProfiles: all.some((node) => changers.includes(node.type)),
    readsContent: all.some((node) => readers.includes(node.type)),
    sends: all.filter((node) => node.type === 'send'),
    waits: [...new Set(all.flatMap((node) => waitsOf(node)))],
  });
}

/**
 * Checks and compiles a definition: `{"nodes": [{"id": "check", "type": "condition", …}, …]}`, or the nodes as an
 * object by id, `{"nodes": {"check": {"type": "condition", …}}}`. Edges (`next`, `yes`, `no`, `error`) hold ids of
 * nodes; an absent edge ends the run. `layout` says where nodes stand when it is drawn. Runs begin at start nodes: at most one named Default, any number with an event.
 * @returns the frozen definition, or every fault at once, each with its path.
 */
export function parseDefinition(input: JsonValue): Outcome<Definition, DefinitionFault[]> {
  const faults: DefinitionFault[] = [];
  if (!isJsonObject(input)) {
    return failure([{ path: 'definition', message: 'expected an object with `nodes`' }]);
  }
  for (const key of Object.keys(input)) {
    if (key !== 'nodes' && key !== 'layout')
      faults.push({ path: key, message: 'a definition has no such key' });
  }
  checkLayout(ownValue(input, 'layout'), faults);
  const listed = listNodes(ownValue(input, 'nodes'), faults);
  if (listed.length > MAX_NODES) {
    return failure([{ path: 'nodes', message: `more than ${MAX_NODES} nodes` }]);
  }
  checkIds(listed, faults);
  const nodes = new Map<string, Node>();
  const graph = new Map<string, GraphNode>();
  for (const [id, object] of listed) {
    const reader = new NodeReader(id, object, faults);
    const type = nodeTypes.find((known) => known === ownValue(object, 'type'));
    if (type === undefined) reader.fault('type', `expected one of ${nodeTypes.join(', ')}`);
    const node = type === undefined ? undefined : parseNode(reader, type);
    if (node !== undefined) nodes.set(id, node);
    const isTrigger = ownValue(object, 'on') !== undefined;
    graph.set(id, { id, type, isTrigger, edges: reader.edges, hasty: reader.hasty });
  }
  // A node of an unknown type has edges that nobody read; what lies behind them must not be called unreachable.
  const isReadable = listed.length > 0 && [...graph.values()].every((node) => node.type !== undefined);
  if (isReadable) faults.push(...checkGraph(graph), ...waitFaults(nodes));
  else if (listed.length === 0 && faults.length === 0) {
    faults.push({ path: 'nodes', message: 'there is no start node' });
  }
  return faults.length === 0 ? success(assemble(nodes, listed)) : failure(faults);
}
