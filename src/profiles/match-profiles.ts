import {
  failure,
  groupBy,
  isObjectId,
  type JsonObject,
  type JsonValue,
  type Outcome,
  slotOf,
  success,
} from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { coerceValue } from './coerce.ts';
import type { ProfileShape, ShapeField } from './fields.ts';
import { identitiesOf, keyOf, matchText } from './identities.ts';
import { findByIdentities } from './sql/find-by-identities.ts';
import { scanField } from './sql/scan-field.ts';

/** What one profile is looked for by. `text` names the key and is the same for all spellings of one value. */
export type MatchKey =
  | { readonly by: 'id'; readonly text: string; readonly id: string }
  | { readonly by: 'identity'; readonly text: string; readonly kind: number; readonly value: string }
  | { readonly by: 'field'; readonly text: string; readonly field: string; readonly value: JsonValue };

/** @returns the key for a profile id, or why the value is none. */
export function matchKeyOfId(value: JsonValue): Outcome<MatchKey, string> {
  const id = typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (!isObjectId(id)) return failure('expected 24 hexadecimal digits');
  return success({ by: 'id', text: `id ${id}`, id });
}

/** @returns the key for a value of a field, coerced as an import would; for a list of phones the first. */
export function matchKeyOfField(
  shape: ProfileShape,
  field: ShapeField,
  value: JsonValue,
): Outcome<MatchKey, string> {
  const coerced = coerceValue(shape, field, value);
  if (!coerced.ok) return coerced;
  const single = field.type === 'phones' && Array.isArray(coerced.value) ? coerced.value[0] : coerced.value;
  if (single === undefined) return failure('expected at least one value');
  const text = matchText(single);
  if (text === '') return failure('an empty value matches nothing');
  if (field.kind === null) {
    return success({
      by: 'field',
      text: fieldKeyText(field.name, text),
      field: field.name,
      value: coerced.value,
    });
  }
  return success({
    by: 'identity',
    text: keyOf({ kind: field.kind, value: text }),
    kind: field.kind,
    value: text,
  });
}

function fieldKeyText(field: string, text: string): string {
  return `field ${field} ${text}`;
}

/**
 * The texts of all keys that find a profile with these fields: by its identities, and by the field of `key` where that
 * is one without an index.
 */
export function keyTextsOf(shape: ProfileShape, fields: JsonObject, key: MatchKey): Set<string> {
  const texts = new Set(identitiesOf(shape, fields).map(keyOf));
  const value = key.by === 'field' ? fields[key.field] : undefined;
  if (key.by === 'field' && value !== undefined && value !== null) {
    texts.add(fieldKeyText(key.field, matchText(value)));
  }
  return texts;
}

/**
 * The ids of the profiles that each key finds, at most `limit` each (2 are enough to know that a match is ambiguous).
 * One statement for all keys that have an index, one for each field that has none. A key by id finds that id, whether
 * or not there is such a profile. By `key.text`.
 */
export async function matchProfiles(
  db: Db,
  databaseId: number,
  keys: readonly MatchKey[],
  limit: number,
): Promise<Map<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  const indexed: Extract<MatchKey, { by: 'identity' }>[] = [];
  const scanned: Extract<MatchKey, { by: 'field' }>[] = [];
  for (const key of keys) {
    if (key.by === 'id') found.set(key.text, [key.id]);
    else if (key.by === 'identity') indexed.push(key);
    else scanned.push(key);
  }
  if (indexed.length > 0) {
    const identities = indexed.map(({ kind, value }) => ({ slot: slotOf(value), kind, value }));
    const ids = await findByIdentities(db, databaseId, identities, limit);
    for (const [index, key] of indexed.entries()) found.set(key.text, ids[index] ?? []);
  }
  for (const [field, group] of groupBy(scanned, (key) => key.field)) {
    const values = group.map((key) => key.value);
    const ids = await scanField(db, databaseId, field, values, limit);
    for (const [index, key] of group.entries()) found.set(key.text, ids[index] ?? []);
  }
  return found;
}
