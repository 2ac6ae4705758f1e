import {
  failure,
  groupBy,
  isObjectId,
  type JsonValue,
  type Outcome,
  sameJson,
  slotOf,
  success,
} from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { coerceValue } from './coerce.ts';
import type { ProfileShape, ShapeField } from './fields.ts';
import { matchText, namedText, textsOfField, textsOfSubscription } from './identities.ts';
import type { ProfileState } from './profile-state.ts';
import { findByIdentities } from './sql/find-by-identities.ts';
import { scanField } from './sql/scan-field.ts';

/** One place to look for a profile in. `text` names the place and the value, the same for all spellings of one value. */
export type Lookup =
  | { readonly by: 'id'; readonly text: string; readonly id: string }
  | {
      readonly by: 'identity';
      readonly text: string;
      readonly kind: number;
      readonly value: string;
      /** Only the contact of a subscription to this resource; null = of any. */
      readonly resourceId: number | null;
    }
  | {
      readonly by: 'field';
      readonly text: string;
      readonly field: string;
      readonly value: JsonValue;
    };

/** What one profile is looked for by: it is found by any of the lookups. */
export interface MatchKey {
  /** Names the key among those of a batch. */
  readonly text: string;
  /**
   * The value that decides the lane, so that items which may hit one profile meet in one; null = by several values, and
   * no single lane will do.
   */
  readonly lane: string | null;
  readonly lookups: readonly Lookup[];
}

export function keyOfLookups(lane: string | null, lookups: readonly Lookup[]): MatchKey {
  return { text: lookups.map(({ text }) => text).join('\n'), lane, lookups };
}

export function lookupIdentity(kind: number, value: string, resourceId: number | null = null): Lookup {
  return { by: 'identity', text: `${kind} ${resourceId ?? '*'} ${value}`, kind, value, resourceId };
}

/** @returns the key for a profile id, or why the value is none. */
export function matchKeyOfId(value: JsonValue): Outcome<MatchKey, string> {
  const id = typeof value === 'string' ? value.trim().toLowerCase() : '';
  if (!isObjectId(id)) return failure('expected 24 hexadecimal digits');
  return success(keyOfLookups(id, [{ by: 'id', text: `id ${id}`, id }]));
}

/** @returns the key for a value of a field, coerced as an import would; for a list of phones the first. */
export function matchKeyOfField(
  shape: ProfileShape,
  field: ShapeField,
  value: JsonValue,
): Outcome<MatchKey, string> {
  const coerced = coerceValue(shape.database, field, value);
  if (!coerced.ok) return coerced;
  const [text] = textsOfField(field, coerced.value);
  if (text === undefined) return failure('an empty value matches nothing');
  if (field.kind !== null && field.indexed) {
    return success(keyOfLookups(text, [lookupIdentity(field.kind, text)]));
  }
  const { name } = field;
  return success(
    keyOfLookups(text, [{ by: 'field', text: `field ${name} ${text}`, field: name, value: coerced.value }]),
  );
}

/**
 * The texts by which subscriptions are found whose match field of that name has the value, coerced as an import would:
 * one for each way in which resources declare such a field.
 */
export function subscriptionFieldTexts(shape: ProfileShape, name: string, value: JsonValue): string[] {
  const texts = new Set<string>();
  for (const { fields } of shape.resources.values()) {
    for (const { type, options, match, name: own } of fields) {
      if (!match || own !== name) continue;
      const field = { name, type, options, kind: 0, required: false, unique: false };
      const coerced = coerceValue(shape.database, field, value);
      if (coerced.ok) texts.add(namedText(name, coerced.value));
    }
  }
  return [...texts];
}

/** Whether the profile is found by the lookup, judged by what it holds. */
export function isFoundBy(shape: ProfileShape, id: string, state: ProfileState, lookup: Lookup): boolean {
  switch (lookup.by) {
    case 'id':
      return lookup.id === id;
    case 'field':
      return sameJson(state.fields[lookup.field], lookup.value);
    case 'identity': {
      const { kind, value, resourceId } = lookup;
      const field = shape.matchFields.find((one) => one.kind === kind);
      if (field !== undefined) return textsOfField(field, state.fields[field.name]).includes(value);
      return state.subscriptions.some(
        (subscription) =>
          (resourceId === null || subscription.resource_id === resourceId) &&
          textsOfSubscription(shape, subscription).some((one) => one.kind === kind && one.value === value),
      );
    }
  }
}

/** Texts under which lookups are listed: those of one kind and value come together, whatever their resource. */
export function placeOf(lookup: Lookup): string {
  return lookup.by === 'identity' ? `${lookup.kind} ${lookup.value}` : lookup.text;
}

/** What the lookups of a batch look at: kinds of identities, and fields that have no index. */
export interface LookedAt {
  readonly kinds: ReadonlySet<number>;
  readonly fields: ReadonlySet<string>;
}

export function lookedAtBy(lookups: Iterable<Lookup>): LookedAt {
  const [kinds, fields] = [new Set<number>(), new Set<string>()];
  for (const lookup of lookups) {
    if (lookup.by === 'identity') kinds.add(lookup.kind);
    else if (lookup.by === 'field') fields.add(lookup.field);
  }
  return { kinds, fields };
}

/** Every place at which a profile is found by lookups of these kinds, and by these fields. */
export function placesOf(shape: ProfileShape, state: ProfileState, lookedAt: LookedAt): Set<string> {
  const places = new Set<string>();
  for (const field of shape.matchFields) {
    if (field.kind === null || !lookedAt.kinds.has(field.kind)) continue;
    for (const text of textsOfField(field, state.fields[field.name])) places.add(`${field.kind} ${text}`);
  }
  for (const subscription of state.subscriptions) {
    for (const { kind, value } of textsOfSubscription(shape, subscription)) {
      if (lookedAt.kinds.has(kind)) places.add(`${kind} ${value}`);
    }
  }
  for (const name of lookedAt.fields) {
    const value = state.fields[name];
    if (value !== undefined && value !== null) places.add(`field ${name} ${matchText(value)}`);
  }
  return places;
}

/**
 * The ids of the profiles that each lookup finds, at most `limit` each. One statement for all lookups that have an
 * index, one for each field that has none. A lookup by id finds that id, whether or not there is such a profile.
 * @returns ids by the text of the lookup.
 */
export async function matchProfiles(
  db: Db,
  databaseId: number,
  lookups: Iterable<Lookup>,
  limit: number,
): Promise<Map<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  const indexed = new Map<string, Extract<Lookup, { by: 'identity' }>>();
  const scanned = new Map<string, Extract<Lookup, { by: 'field' }>>();
  for (const lookup of lookups) {
    if (lookup.by === 'id') found.set(lookup.text, [lookup.id]);
    else if (lookup.by === 'identity') indexed.set(lookup.text, lookup);
    else scanned.set(lookup.text, lookup);
  }
  if (indexed.size > 0) {
    const keys = [...indexed.values()].map((lookup) => ({ ...lookup, slot: slotOf(lookup.value) }));
    const ids = await findByIdentities(db, databaseId, keys, limit);
    for (const [index, key] of keys.entries()) found.set(key.text, ids[index] ?? []);
  }
  for (const [field, group] of groupBy([...scanned.values()], (lookup) => lookup.field)) {
    const values = group.map((lookup) => lookup.value);
    const ids = await scanField(db, databaseId, field, values, limit);
    for (const [index, lookup] of group.entries()) found.set(lookup.text, ids[index] ?? []);
  }
  return found;
}
