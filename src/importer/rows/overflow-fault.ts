import type { JsonValue } from '../../base/index.ts';

/**
 * Where a document has a number such as 1e400, which JSON can write and a double cannot hold: it was read as infinity
 * and would be stored as null, without a word. The document must not be nested so deep that recursion fails.
 */
export function overflowFault(value: JsonValue, path: string): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${path}: a number out of range`;
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) {
      const fault = overflowFault(element, `${path}[${index}]`);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  for (const name of Object.keys(value)) {
    const child = value[name];
    if (typeof child === 'string' || child === undefined) continue;
    const fault = overflowFault(child, `${path}.${name}`);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
