import { isJsonObject, type JsonValue, ownValue } from '../../base/index.ts';
import type { RowError } from '../../profiles/index.ts';
import { type Envelope, flags, valueKeys } from '../requests/envelope.ts';

/** Keys that are looked for around `data` only. */
const frameKeys: ReadonlySet<string> = new Set([
  'custom_request',
  'content',
  'custom_data',
  'attach',
  ...flags,
]);

function pointerOf(segments: readonly string[]): string {
  return segments.map((one) => `/${one.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** What stands behind the field in a text such as `subscriptions[2].email: …`, as far as the value has it. */
function deeperSegments(value: JsonValue | undefined, field: string, text: string): string[] {
  const path = /^(?:\[\d+\]|\.[\w$-]+)+(?=[: ])/.exec(
    text.startsWith(field) ? text.slice(field.length) : '',
  )?.[0];
  const segments: string[] = [];
  let place = value;
  for (const [, index, key] of path?.matchAll(/\[(\d+)\]|\.([\w$-]+)/g) ?? []) {
    if (index !== undefined && Array.isArray(place)) place = place[Number(index)];
    else if (key !== undefined && isJsonObject(place)) place = ownValue(place, key);
    else break;
    if (place === undefined) break;
    segments.push(index ?? key ?? '');
  }
  return segments;
}

/**
 * Where in the item the fault lies, as a JSON pointer (RFC 6901): the value at fault, or the place where it is missing.
 * Undefined when the fault names no field, or one whose value stood at the root of the request.
 */
export function pointerTo(
  { items, matching, rootValues }: Envelope,
  item: JsonValue,
  { field, text }: RowError,
): string | undefined {
  if (field === undefined) return undefined;
  if (!isJsonObject(item)) return '';
  const inner = items === 'wrapped' ? ownValue(item, 'data') : undefined;
  const isFramed = inner !== undefined && inner !== null;
  if (field === 'data') return isFramed ? '/data' : '';
  const keys: readonly string[] = matching === null ? [] : valueKeys[matching];
  const isKey = keys.includes(field);
  const isInner = isJsonObject(inner) && Object.hasOwn(inner, field);
  const isOuter = Object.hasOwn(item, field) && (!isFramed || isKey || frameKeys.has(field));
  if (isKey && !isInner && !isOuter && Object.hasOwn(rootValues, field)) return undefined;
  const isAround = !isFramed || isOuter || frameKeys.has(field);
  const holder = isAround ? item : isJsonObject(inner) ? inner : {};
  const deeper = deeperSegments(ownValue(holder, field), field, text);
  return pointerOf([...(isAround ? [] : ['data']), field, ...deeper]);
}
