import {
  failure,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Outcome,
  ownValue,
  success,
} from '../base/index.ts';
import {
  coerceFields,
  type MatchKey,
  matchKeyOfField,
  matchKeyOfId,
  type ProfileShape,
  type RowError,
} from '../profiles/index.ts';
import {
  carriedFault,
  type Envelope,
  findUnavailable,
  type Matching,
  UNAVAILABLE,
  valueKeys,
} from './envelope.ts';

/** An item as it was sent, taken apart but not yet judged. */
interface OpenedItem {
  /** The keys of the item around `data`; those of the profile where it was sent bare. */
  readonly outer: JsonObject;
  readonly data: JsonObject;
}

export interface ParsedRow {
  readonly key: MatchKey;
  /** The field that the key is looked for in, for messages. */
  readonly keyName: string;
  /** Coerced fields to merge into the profile. */
  readonly patch: JsonObject;
  /** What a new profile gets beside the patch, so that it is found by the key that it was made for. */
  readonly keyField: JsonObject;
  readonly content: JsonObject | null;
  readonly customData: JsonObject | null;
}

function rowError(field: string, message: string): RowError {
  return { code: 400, text: `${field}: ${message}`, field };
}

/** `{data: {…}}` or the bare profile. */
export function openItem(item: JsonValue): Outcome<OpenedItem, RowError> {
  if (!isJsonObject(item)) return failure(rowError('data', 'expected an object for each profile'));
  const data = ownValue(item, 'data');
  if (data === undefined) return success({ outer: item, data: item });
  if (isJsonObject(data)) return success({ outer: item, data });
  return failure(rowError('data', 'expected an object with the fields of the profile'));
}

/** The field of the profile that a mode looks in; undefined for `profile_id`. */
function matchFieldName({ matching, fieldName }: Envelope): string | undefined {
  if (matching === 'custom') return fieldName ?? undefined;
  if (matching === 'profile_id') return undefined;
  return matching === 'phone' ? 'phones' : 'email';
}

/** Where in `data` a mode looks, first things first. */
function dataKeys(envelope: Envelope): readonly string[] {
  if (envelope.matching === 'custom') return [envelope.fieldName ?? ''];
  if (envelope.matching === 'phone') return ['phone', 'phones'];
  return envelope.matching === 'profile_id' ? ['profile_id', '_id'] : ['email'];
}

/** In the item, then in its data, then at the root (CONTRACT.md 2). Null and absent are the same. */
function findMatchValue(envelope: Envelope, { outer, data }: OpenedItem): JsonValue {
  const own = outer === data ? undefined : ownValue(outer, valueKeys[envelope.matching]);
  if (own !== undefined && own !== null) return own;
  for (const key of dataKeys(envelope)) {
    const value = ownValue(data, key);
    if (value !== undefined && value !== null) return value;
  }
  return envelope.rootValue;
}

/** @returns the key that the item is matched by, or why it has none. The same for every spelling of one value. */
export function matchKeyOfItem(
  shape: ProfileShape,
  envelope: Envelope,
  item: OpenedItem,
): Outcome<MatchKey, RowError> {
  const value = findMatchValue(envelope, item);
  const name = matchFieldName(envelope);
  const shown = name ?? 'profile_id';
  if (value === null) {
    return failure(rowError(shown, `expected a value to match by (matching is ${envelope.matching})`));
  }
  if (name === undefined) {
    const key = matchKeyOfId(value);
    return key.ok ? key : failure(rowError(shown, key.error));
  }
  const field = shape.fields.get(name);
  if (field === undefined) return failure(rowError(shown, 'the database has no such field'));
  const key = matchKeyOfField(shape, field, value);
  return key.ok ? key : failure(rowError(shown, key.error));
}

/** Values to match by that stand in `data` beside the fields and are no fields themselves. */
const keysOfMode: Readonly<Partial<Record<Matching, readonly string[]>>> = {
  phone: ['phone'],
  profile_id: ['profile_id', '_id'],
};

/** `data` without values that are there to match by alone. */
export function fieldsOf(shape: ProfileShape, envelope: Envelope, data: JsonObject): JsonObject {
  const extra = (keysOfMode[envelope.matching] ?? []).filter(
    (key) => Object.hasOwn(data, key) && !shape.fields.has(key),
  );
  if (extra.length === 0) return data;
  return Object.fromEntries(Object.entries(data).filter(([key]) => !extra.includes(key)));
}

/** The match field with its value, for a profile that is made because nobody had it. */
function keyFieldOf(
  shape: ProfileShape,
  envelope: Envelope,
  item: OpenedItem,
): Outcome<JsonObject, RowError> {
  const name = matchFieldName(envelope);
  if (name === undefined) return success({});
  return coerceFields(shape, { [name]: findMatchValue(envelope, item) });
}

/** Keys around `data` that change what the item means and are not built yet. */
function unavailableFault(outer: JsonObject): RowError | undefined {
  const key = findUnavailable(outer);
  return key === undefined ? undefined : rowError(key, UNAVAILABLE);
}

function carriedOf(outer: JsonObject, key: string): Outcome<JsonObject | null, RowError> {
  const value = ownValue(outer, key);
  const fault = carriedFault(value, key);
  if (fault !== undefined) return failure({ code: 400, text: fault, field: key });
  return success(isJsonObject(value) ? value : null);
}

/** Judges one item on its own: everything that can be said without looking at profiles. */
export function parseRow(
  shape: ProfileShape,
  envelope: Envelope,
  item: JsonValue,
): Outcome<ParsedRow, RowError> {
  const opened = openItem(item);
  if (!opened.ok) return opened;
  const { outer, data } = opened.value;
  const wrapped = outer !== data;
  const fault = wrapped ? unavailableFault(outer) : undefined;
  if (fault !== undefined) return failure(fault);
  const key = matchKeyOfItem(shape, envelope, opened.value);
  if (!key.ok) return key;
  const patch = coerceFields(shape, fieldsOf(shape, envelope, data));
  if (!patch.ok) return patch;
  const keyField = keyFieldOf(shape, envelope, opened.value);
  if (!keyField.ok) return keyField;
  const content = wrapped ? carriedOf(outer, 'content') : success(null);
  if (!content.ok) return content;
  const customData = wrapped ? carriedOf(outer, 'custom_data') : success(null);
  if (!customData.ok) return customData;
  return success({
    key: key.value,
    keyName: matchFieldName(envelope) ?? 'profile_id',
    patch: patch.value,
    keyField: keyField.value,
    content: content.value,
    customData: customData.value,
  });
}
