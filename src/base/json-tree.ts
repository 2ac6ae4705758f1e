import type { JsonValue } from './json.ts';

/** A JSON value with a leaf, such as a template, in place of each of its strings; keys stay as they are. */
export type JsonTree<Leaf> =
  | { readonly kind: 'fixed'; readonly value: null | boolean | number }
  | { readonly kind: 'leaf'; readonly leaf: Leaf }
  | { readonly kind: 'list'; readonly elements: readonly JsonTree<Leaf>[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, JsonTree<Leaf>])[] };

/**
 * @param path of the value; `parse` gets that of each string, such as `body.items[2].name`.
 * @param parse makes the leaf of a string; null stands in place of one of which it makes none.
 */
export function parseJsonTree<Leaf>(
  value: JsonValue,
  path: string,
  parse: (text: string, path: string) => Leaf | undefined,
): JsonTree<Leaf> {
  if (typeof value === 'string') {
    const leaf = parse(value, path);
    return leaf === undefined ? { kind: 'fixed', value: null } : { kind: 'leaf', leaf };
  }
  if (typeof value !== 'object' || value === null) return { kind: 'fixed', value };
  if (Array.isArray(value)) {
    const elements = value.map((element, index) => parseJsonTree(element, `${path}[${index}]`, parse));
    return { kind: 'list', elements };
  }
  const members = Object.entries(value).map(
    ([key, child]) => [key, parseJsonTree(child, `${path}.${key}`, parse)] as const,
  );
  return { kind: 'object', members };
}

/** The value again, with what `render` makes of each leaf in its place. */
export function renderJsonTree<Leaf>(tree: JsonTree<Leaf>, render: (leaf: Leaf) => JsonValue): JsonValue {
  switch (tree.kind) {
    case 'fixed':
      return tree.value;
    case 'leaf':
      return render(tree.leaf);
    case 'list':
      return tree.elements.map((element) => renderJsonTree(element, render));
    case 'object':
      // fromEntries makes own properties of keys such as __proto__.
      return Object.fromEntries(tree.members.map(([key, child]) => [key, renderJsonTree(child, render)]));
  }
}

/** All leaves, in the order of the text. */
export function leavesOf<Leaf>(tree: JsonTree<Leaf>): Leaf[] {
  switch (tree.kind) {
    case 'fixed':
      return [];
    case 'leaf':
      return [tree.leaf];
    case 'list':
      return tree.elements.flatMap(leavesOf);
    case 'object':
      return tree.members.flatMap(([, child]) => leavesOf(child));
  }
}
