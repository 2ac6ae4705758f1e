import {
  failure,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Outcome,
  ownValue,
  success,
} from '../../base/index.ts';
import { geoFields, type Places } from '../../geo/index.ts';
import {
  type FieldPatch,
  keyOfLookups,
  type MatchKey,
  matchKeyOfField,
  type ProfilePatch,
  type ProfileShape,
  parseProfilePatch,
  parseSubscriptions,
  type RowError,
  rowError,
  type SkippedSubscription,
} from '../../profiles/index.ts';
import { type Filter, parseFilter } from '../../query/index.ts';
import { type Envelope, type Flag, flags } from '../requests/envelope.ts';
import { carriedFault } from '../requests/parse-request.ts';
import { fieldsOf, type ItemMatch, matchItem } from './match-item.ts';
import { type OpenedItem, openItem } from './open-item.ts';

export interface ParsedRow {
  /** Null = nobody is looked for, the profile is added. */
  readonly key: MatchKey | null;
  /** Whom the item asks for by a filter of its own, in place of a key. */
  readonly filter: Filter | null;
  /** The field that messages about the match name. */
  readonly keyName: string;
  readonly missing: Envelope['missing'];
  readonly patch: ProfilePatch;
  /** What a new profile gets beside the patch, coerced, so that it is found by the key that it was made for. */
  readonly keyFields: JsonObject;
  readonly skipped: readonly SkippedSubscription[];
  readonly skipTriggers: boolean;
  readonly content: JsonObject | null;
  readonly customData: JsonObject | null;
  readonly attach: JsonValue | null;
}

const NOBODY: ItemMatch = { key: keyOfLookups(null, []), keyName: 'custom_request', keyFields: {} };

/** The filter of an item that matches by one; undefined = it has none. */
function ownFilter(envelope: Envelope, { outer }: OpenedItem): Outcome<Filter, RowError> | undefined {
  const value = envelope.matching === null ? ownValue(outer, 'custom_request') : undefined;
  if (value === undefined || value === null) return undefined;
  const parsed = parseFilter(value);
  if (parsed.ok) return parsed;
  const [fault] = parsed.error;
  const path = ['custom_request', fault?.path ?? ''].filter((part) => part !== '').join('.');
  return failure({ code: 400, text: `${path}: ${fault?.message}`, field: 'custom_request' });
}

/**
 * The key that finds just what the filter does, where it asks one indexed field for one value in the form that is
 * stored: then the item costs no more than one that is matched by that field.
 */
export function keyOfFilter(shape: ProfileShape, filter: Filter): ItemMatch | undefined {
  if (filter.kind !== 'in' || filter.documents.length > 0) return undefined;
  const [[name = '', ...deeper], [value, ...others]] = [filter.path, filter.scalars];
  const field = shape.fields.get(name);
  if (deeper.length > 0 || others.length > 0 || value === undefined || value === null) return undefined;
  if (field === undefined || field.kind === null || !field.indexed || field.type === 'tags') return undefined;
  // A filter tells the text "true" from true, which the identity does not.
  if (field.type === 'bool' || field.type === 'int' || field.type === 'float') return undefined;
  const key = matchKeyOfField(shape, field, value);
  const [lookup] = key.ok ? key.value.lookups : [];
  const isStoredForm = typeof value === 'string' && lookup?.by === 'identity' && lookup.value === value;
  return key.ok && isStoredForm ? { key: key.value, keyName: 'custom_request', keyFields: {} } : undefined;
}

/** How the item is looked for; null = by nothing. */
function findMatch(
  shape: ProfileShape,
  envelope: Envelope,
  item: OpenedItem,
): Outcome<{ match: ItemMatch; filter: Filter | null } | null, RowError> {
  if (envelope.missing === 'add') return success(null);
  const filter = ownFilter(envelope, item);
  if (filter?.ok === false) return filter;
  if (filter !== undefined) {
    const match = keyOfFilter(shape, filter.value);
    return success(match === undefined ? { match: NOBODY, filter: filter.value } : { match, filter: null });
  }
  const match = matchItem(shape, envelope, envelope.matching ?? 'email', item);
  return match.ok ? success({ match: match.value, filter: null }) : match;
}

/**
 * The value whose lane the item belongs in: `text` = that of its key, null = no single lane will do, undefined = it
 * will be refused, or nobody is looked for, and any lane does.
 */
export function laneTextOf(
  shape: ProfileShape,
  envelope: Envelope,
  item: JsonValue,
): string | null | undefined {
  const opened = openItem(envelope, item);
  if (!opened.ok) return undefined;
  const found = findMatch(shape, envelope, opened.value);
  if (!found.ok || found.value === null) return undefined;
  return found.value.filter === null ? found.value.match.key.lane : null;
}

function carriedOf(outer: JsonObject, key: string): Outcome<JsonObject | null, RowError> {
  const value = ownValue(outer, key);
  const fault = carriedFault(value, key);
  if (fault !== undefined) return failure({ code: 400, text: fault, field: key });
  return success(isJsonObject(value) ? value : null);
}

/** A flag of the item, else of the request. */
function readFlags(
  envelope: Envelope,
  outer: JsonObject,
  isAround: boolean,
): Outcome<Record<Flag, boolean>, RowError> {
  const own: Record<Flag, boolean> = {
    skip_triggers: envelope.skipTriggers,
    skip_invalid_subscriptions: envelope.skipInvalidSubscriptions,
    detect_geo: envelope.detectGeo,
  };
  for (const flag of isAround ? flags : []) {
    const value = ownValue(outer, flag);
    if (value === undefined || value === null) continue;
    // In XML a truth value inside an item is text.
    const isTrue = value === true || value === 'true';
    if (!isTrue && value !== false && value !== 'false') {
      return failure(rowError(flag, 'expected true or false'));
    }
    own[flag] = isTrue;
  }
  return success(own);
}

/** The match fields with their values, for a profile that is made because nobody had them. */
function coerceKeyFields(shape: ProfileShape, keyFields: JsonObject): Outcome<JsonObject, RowError> {
  const patch = parseProfilePatch(shape, keyFields);
  return patch.ok ? success(patch.value.set) : patch;
}

/** Where the addresses of the item are, under what the item says itself. */
function withPlaces(patch: FieldPatch, places: Places): FieldPatch {
  const { _ip: ip, _regip: regip } = patch.set;
  const found = geoFields(places, {
    ...(typeof ip === 'string' ? { ip } : {}),
    ...(typeof regip === 'string' ? { regip } : {}),
  });
  for (const { field } of patch.operations) delete found[field.name];
  return { ...patch, set: { ...found, ...patch.set } };
}

/** Judges one item on its own: everything that can be said without looking at profiles. */
export function parseRow(
  shape: ProfileShape,
  envelope: Envelope,
  item: JsonValue,
  places: Places,
): Outcome<ParsedRow, RowError> {
  const opened = openItem(envelope, item);
  if (!opened.ok) return opened;
  const { outer, data } = opened.value;
  const isAround = outer !== data;
  const found = findMatch(shape, envelope, opened.value);
  if (!found.ok) return found;
  const own = readFlags(envelope, outer, isAround);
  if (!own.ok) return own;
  const fields = parseProfilePatch(shape, fieldsOf(shape, envelope, data));
  if (!fields.ok) return fields;
  const subscriptions = parseSubscriptions(
    shape,
    ownValue(data, 'subscriptions'),
    own.value.skip_invalid_subscriptions,
  );
  if (!subscriptions.ok) return subscriptions;
  const keyFields = coerceKeyFields(shape, found.value?.match.keyFields ?? {});
  if (!keyFields.ok) return keyFields;
  const content = isAround ? carriedOf(outer, 'content') : success(null);
  if (!content.ok) return content;
  const customData = isAround ? carriedOf(outer, 'custom_data') : success(null);
  if (!customData.ok) return customData;
  return success({
    key: found.value?.match.key ?? null,
    filter: found.value?.filter ?? null,
    keyName: found.value?.match.keyName ?? 'data',
    missing: envelope.missing,
    patch: {
      fields: own.value.detect_geo ? withPlaces(fields.value, places) : fields.value,
      subscriptions: subscriptions.value.patches,
    },
    keyFields: keyFields.value,
    skipped: subscriptions.value.skipped,
    skipTriggers: own.value.skip_triggers,
    content: content.value,
    customData: customData.value,
    attach: isAround ? (ownValue(outer, 'attach') ?? null) : null,
  });
}
