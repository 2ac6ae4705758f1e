import { isJsonObject, type JsonValue, ownValue } from '../../../base/index.ts';

/** '' is the whole; else names and indexes, each after a slash: RFC 6901. */
export function isJsonPointer(text: string): boolean {
  return /^(?:\/(?:[^~]|~[01])*)*$/s.test(text);
}

/** What the pointer points at, or undefined. */
export function readPointer(value: JsonValue, pointer: string): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const escaped of pointer.split('/').slice(1)) {
    const name = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(found)) found = /^\d{1,9}$/.test(name) ? found[Number(name)] : undefined;
    else found = isJsonObject(found) ? ownValue(found, name) : undefined;
  }
  return found;
}

/** A text or number as text; undefined for everything else. */
export function readText(value: JsonValue, pointer: string): string | undefined {
  const found = readPointer(value, pointer);
  if (typeof found === 'string') return found;
  return typeof found === 'number' || typeof found === 'boolean' ? String(found) : undefined;
}
