import type { Draft } from './draft.ts';

export interface NodeChange {
  readonly id: string;
  readonly kind: 'added' | 'removed' | 'changed';
}

function printSorted(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)))
      : part,
  );
}

/** What became of nodes from one draft to another; where they stand does not count. */
export function compareDrafts(before: Draft, after: Draft): NodeChange[] {
  const old = new Map(before.nodes.map((node) => [node.id, printSorted(node)]));
  const next = new Map(after.nodes.map((node) => [node.id, printSorted(node)]));
  const gone = [...old.keys()]
    .filter((id) => !next.has(id))
    .map((id): NodeChange => ({ id, kind: 'removed' }));
  const changed = [...next].flatMap(([id, text]): NodeChange[] => {
    if (!old.has(id)) return [{ id, kind: 'added' }];
    return old.get(id) === text ? [] : [{ id, kind: 'changed' }];
  });
  return [...changed, ...gone];
}
