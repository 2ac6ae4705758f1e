/** A definition as it is edited: pure, so that every edit can be taken back. */

export type Settings = Readonly<Record<string, unknown>>;

/** A node as the API spells it. */
export interface DraftNode extends Settings {
  readonly id: string;
  readonly type: string;
}

export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface Draft {
  readonly nodes: readonly DraftNode[];
  /** Where nodes stand; those that are missing are laid out by themselves. */
  readonly layout: Readonly<Record<string, Place>>;
}

/** A way out of a node: its key, `branches[0].next` for those of a split. */
export interface Output {
  readonly key: string;
  /** As counts and trails name it. */
  readonly outcome: string;
}

/** What is known of the types of nodes: which ways out each has. */
export type OutputsByType = ReadonlyMap<string, readonly Output[]>;

export interface Link {
  readonly source: string;
  readonly output: Output;
  readonly target: string;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toNode(value: unknown, key?: string): DraftNode[] {
  if (!isRecord(value)) return [];
  const id = typeof value['id'] === 'string' ? value['id'] : key;
  const { type } = value;
  return id === undefined ? [] : [{ ...value, id, type: typeof type === 'string' ? type : '' }];
}

function toLayout(value: unknown): Record<string, Place> {
  const layout: Record<string, Place> = {};
  for (const [id, place] of isRecord(value) ? Object.entries(value) : []) {
    const [x, y] = isRecord(place) ? [place['x'], place['y']] : [];
    if (typeof x === 'number' && typeof y === 'number') layout[id] = { x, y };
  }
  return layout;
}

/** A definition in either form of the API, nodes as a list or by id; what is no node is left out. */
export function readDraft(definition: unknown): Draft {
  const { nodes, layout } = isRecord(definition) ? definition : {};
  const listed = Array.isArray(nodes)
    ? nodes.flatMap((node) => toNode(node))
    : Object.entries(isRecord(nodes) ? nodes : {}).flatMap(([key, node]) => toNode(node, key));
  return { nodes: listed, layout: toLayout(layout) };
}

/** As the API takes it; places of nodes that are gone are left out. */
export function printDraft({ nodes, layout }: Draft): Record<string, unknown> {
  const kept = nodes.flatMap(({ id }) => (layout[id] === undefined ? [] : [[id, layout[id]] as const]));
  return kept.length === 0 ? { nodes: [...nodes] } : { nodes: [...nodes], layout: Object.fromEntries(kept) };
}

export function branchesOf(node: DraftNode): readonly Settings[] {
  const { branches } = node;
  return Array.isArray(branches) ? branches.filter(isRecord) : [];
}

/** The ways out of a node; those of a split are its branches. */
export function outputsOf(node: DraftNode, types: OutputsByType): readonly Output[] {
  const outputs = types.get(node.type) ?? [];
  if (!outputs.some(({ outcome }) => outcome === 'branch')) return outputs;
  return branchesOf(node).map((_, index) => ({
    key: `branches[${index}].next`,
    outcome: `branch ${index + 1}`,
  }));
}

function branchAt(key: string): number | undefined {
  const [, index] = /^branches\[(\d+)\]\.next$/.exec(key) ?? [];
  return index === undefined ? undefined : Number(index);
}

function targetOf(node: DraftNode, key: string): string | undefined {
  const index = branchAt(key);
  const value = index === undefined ? node[key] : branchesOf(node)[index]?.['next'];
  return typeof value === 'string' ? value : undefined;
}

/** The node with one of its ways out leading elsewhere; undefined = nowhere. */
function withTarget(node: DraftNode, key: string, target: string | undefined): DraftNode {
  const index = branchAt(key);
  if (index === undefined) {
    const { [key]: _, ...rest } = node;
    return { ...rest, id: node.id, type: node.type, ...(target === undefined ? {} : { [key]: target }) };
  }
  const branches = branchesOf(node).map((branch, at) => {
    if (at !== index) return branch;
    const { next: _, ...rest } = branch;
    return target === undefined ? rest : { ...rest, next: target };
  });
  return { ...node, branches };
}

export function linksOf(draft: Draft, types: OutputsByType): Link[] {
  return draft.nodes.flatMap((node) =>
    outputsOf(node, types).flatMap((output) => {
      const target = targetOf(node, output.key);
      return target === undefined ? [] : [{ source: node.id, output, target }];
    }),
  );
}

function replaceNode(draft: Draft, id: string, change: (node: DraftNode) => DraftNode): Draft {
  return { ...draft, nodes: draft.nodes.map((node) => (node.id === id ? change(node) : node)) };
}

export function connect(draft: Draft, source: string, key: string, target: string): Draft {
  return replaceNode(draft, source, (node) => withTarget(node, key, target));
}

export function disconnect(draft: Draft, source: string, key: string): Draft {
  return replaceNode(draft, source, (node) => withTarget(node, key, undefined));
}

/** Sets all settings of a node; its id and type stay. */
export function setSettings(draft: Draft, id: string, settings: Settings): Draft {
  return replaceNode(draft, id, (node) => ({ ...settings, id, type: node.type }));
}

/** The next free id that begins so. */
function freeId(taken: ReadonlySet<string>, base: string): string {
  const stem = base.replace(/_?\d+$/, '') || 'node';
  if (!taken.has(stem)) return stem;
  for (let number = 2; ; number += 1) if (!taken.has(`${stem}_${number}`)) return `${stem}_${number}`;
}

function idsOf(draft: Draft): Set<string> {
  return new Set(draft.nodes.map(({ id }) => id));
}

export function addNode(
  draft: Draft,
  type: string,
  settings: Settings,
  place: Place,
): { draft: Draft; id: string } {
  const id = freeId(idsOf(draft), type);
  const node: DraftNode = { id, type, ...settings };
  return { draft: { nodes: [...draft.nodes, node], layout: { ...draft.layout, [id]: place } }, id };
}

/** Every target of a node, looked at and perhaps changed; undefined takes the way away. */
function mapTargets(
  node: DraftNode,
  types: OutputsByType,
  change: (target: string) => string | undefined,
): DraftNode {
  return outputsOf(node, types).reduce((changed, { key }) => {
    const target = targetOf(changed, key);
    if (target === undefined) return changed;
    const next = change(target);
    return next === target ? changed : withTarget(changed, key, next);
  }, node);
}

/** Without these nodes, and without the ways that led to them. */
export function removeNodes(draft: Draft, ids: ReadonlySet<string>, types: OutputsByType): Draft {
  const nodes = draft.nodes
    .filter(({ id }) => !ids.has(id))
    .map((node) => mapTargets(node, types, (target) => (ids.has(target) ? undefined : target)));
  const layout = Object.fromEntries(Object.entries(draft.layout).filter(([id]) => !ids.has(id)));
  return { nodes, layout };
}

/** A new id for a node; the ways that lead to it follow, as do the waits for its messages. */
export function renameNode(draft: Draft, id: string, next: string, types: OutputsByType): Draft {
  const { [id]: place, ...others } = draft.layout;
  const nodes = draft.nodes.map((node) => {
    const moved = mapTargets(node, types, (target) => (target === id ? next : target));
    const named = moved.type === 'wait_event' && moved['node'] === id ? { ...moved, node: next } : moved;
    return named.id === id ? { ...named, id: next } : named;
  });
  return { nodes, layout: place === undefined ? others : { ...others, [next]: place } };
}

export function moveNodes(draft: Draft, places: Readonly<Record<string, Place>>): Draft {
  return { ...draft, layout: { ...draft.layout, ...places } };
}

/** What the clipboard holds: nodes with the ways between them. */
export function copyNodes(draft: Draft, ids: ReadonlySet<string>, types: OutputsByType): Draft {
  const outside = new Set([...idsOf(draft)].filter((id) => !ids.has(id)));
  return removeNodes(draft, outside, types);
}

const PASTE_OFFSET = 40;

/** Puts copied nodes in under free ids, a little aside; returns them, so that they can be selected. */
export function pasteNodes(
  draft: Draft,
  copied: Draft,
  types: OutputsByType,
): { draft: Draft; ids: ReadonlySet<string> } {
  const taken = idsOf(draft);
  const names = new Map<string, string>();
  for (const { id } of copied.nodes) {
    const name = freeId(taken, id);
    taken.add(name);
    names.set(id, name);
  }
  const nodes = copied.nodes.map((node) => {
    const moved = mapTargets(node, types, (target) => names.get(target));
    const named =
      typeof moved['node'] === 'string' && names.has(moved['node'])
        ? { ...moved, node: names.get(moved['node']) }
        : moved;
    return { ...named, id: names.get(node.id) ?? node.id };
  });
  const layout = { ...draft.layout };
  for (const [id, name] of names) {
    const place = copied.layout[id];
    if (place !== undefined) layout[name] = { x: place.x + PASTE_OFFSET, y: place.y + PASTE_OFFSET };
  }
  return { draft: { nodes: [...draft.nodes, ...nodes], layout }, ids: new Set(names.values()) };
}
