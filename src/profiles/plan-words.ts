import { isObject } from '../base/index.ts';

function textOf(node: Readonly<Record<string, unknown>>, key: string): string {
  const value = node[key];
  return typeof value === 'string' ? value : '';
}

/** One step in words; undefined = it says nothing of how rows are found. */
function describeNode(node: Readonly<Record<string, unknown>>): string | undefined {
  const type = textOf(node, 'Node Type');
  const table = textOf(node, 'Relation Name');
  const index = textOf(node, 'Index Name');
  const rows = `about ${Number(node['Plan Rows'] ?? 0)} rows`;
  switch (type) {
    case 'Seq Scan':
      return `reads all of ${table}, keeps ${rows}`;
    case 'Index Scan':
      return `reads ${table} by the index ${index}, ${rows}`;
    case 'Index Only Scan':
      return `reads the index ${index}, ${rows}`;
    case 'Bitmap Index Scan':
      return `collects places from the index ${index}, ${rows}`;
    case 'Bitmap Heap Scan':
      return `reads these places of ${table}, keeps ${rows}`;
    case 'Gather':
    case 'Gather Merge':
      return `in ${Number(node['Workers Planned'] ?? 0)} more processes`;
    case 'Nested Loop':
    case 'Hash Join':
    case 'Merge Join':
      return `joins (${type.toLowerCase()})`;
    case 'Function Scan':
      return 'takes the profiles that the index of the field has found';
    default:
      return undefined;
  }
}

function walk(node: unknown, words: string[]): void {
  if (!isObject(node)) return;
  const said = describeNode(node);
  if (said !== undefined) words.push(said);
  const { Plans: plans } = node;
  if (Array.isArray(plans)) for (const plan of plans) walk(plan, words);
}

/** A plan of `explain (format json)` in words, outer steps first; it never repeats values. */
export function planWords(plan: unknown): string[] {
  const words: string[] = [];
  const [first]: unknown[] = Array.isArray(plan) ? plan : [plan];
  if (isObject(first)) walk(first['Plan'], words);
  return words;
}
