export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

/** Nesting that a stored document may have; deeper ones are refused, since printing JSON recurses. */
export const MAX_JSON_DEPTH = 32;

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own property of that name, never one of the prototype's (`constructor`, `__proto__`). */
export function ownValue(object: Readonly<Record<string, JsonValue>>, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/**
 * `JSON.parse` whose result the compiler knows. Keys such as `__proto__` become own properties, as in the text.
 * @throws {SyntaxError} when the text is not JSON.
 */
export function parseJson(text: string): JsonValue {
  const value: JsonValue = JSON.parse(text);
  return value;
}

/** The same for text that may well not be JSON: then undefined, without the parser's message, which repeats the text. */
export function tryParseJson(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** Whether the value is nested deeper than `limit` levels. Looks no further than that, so any input is safe. */
export function isDeeperThan(value: JsonValue, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (limit === 0) return true;
  if (Array.isArray(value)) {
    for (const element of value) if (isDeeperThan(element, limit - 1)) return true;
    return false;
  }
  for (const key in value) {
    const child = value[key];
    if (typeof child === 'object' && child !== null && isDeeperThan(child, limit - 1)) return true;
  }
  return false;
}

/** Why PostgreSQL would refuse the string in `text` and `jsonb`, or undefined when it is fine. */
export function textFault(text: string): string | undefined {
  if (text.includes('\u0000')) return 'holds the character NUL (\\u0000), which cannot be stored';
  if (!text.isWellFormed()) return 'holds half of a surrogate pair, which is not valid Unicode';
  return undefined;
}

/**
 * Why a JSON document cannot be stored in `jsonb`: nested too deep, or a string or key that PostgreSQL refuses.
 * The fault begins with the path inside the document, such as `items[2].name: …`.
 */
export function storageFault(value: JsonValue, path: string, depth = MAX_JSON_DEPTH): string | undefined {
  if (typeof value === 'string') {
    const fault = textFault(value);
    return fault === undefined ? undefined : `${path}: ${fault}`;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === 0) return `${path}: nested deeper than ${MAX_JSON_DEPTH} levels`;
  if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) {
      const fault = storageFault(element, `${path}[${index}]`, depth - 1);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  for (const [key, child] of Object.entries(value)) {
    const keyFault = textFault(key);
    if (keyFault !== undefined) return `${path}: a key ${keyFault}`;
    const fault = storageFault(child, `${path}.${key}`, depth - 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Whether two JSON values are the same, object keys in any order (`jsonb` keeps its own order). */
export function sameJson(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((element, index) => sameJson(element, right[index]));
  }
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key], right[key]));
}
