import assert from 'node:assert/strict';
import type { JsonObject, JsonValue, Outcome } from '../../src/base/index.ts';
import { createShape } from '../../src/profiles/fields.ts';
import type { Database, ProfileShape, Resource, RowError } from '../../src/profiles/index.ts';
import {
  applyProfilePatch,
  type FieldType,
  type ProfileState,
  parseProfilePatch,
  parseSubscriptions,
} from '../../src/profiles/index.ts';

export const MADE_AT = new Date('2026-03-01T00:00:00Z');

interface MadeField {
  readonly name: string;
  readonly type: FieldType;
  readonly options?: readonly string[];
  readonly match?: boolean;
  readonly unique?: boolean;
  readonly required?: boolean;
}

/** A shape that no database has: what is checked and changed in memory needs none. */
export function makeShape(fields: readonly MadeField[], resources: readonly Resource[] = []): ProfileShape {
  const database: Database = {
    id: 1,
    name: 'shop',
    unknownFields: 'reject',
    phoneCountry: 'RU',
    sexNumbers: '0/1',
    uniqueEmail: false,
    createdAt: MADE_AT,
  };
  const made = fields.map((field, index) => ({
    ...{ id: index + 1, options: null, match: false, unique: false, required: false, indexed: true },
    ...{ createdAt: MADE_AT },
    ...field,
  }));
  return createShape(database, made, resources);
}

export const NOTHING: ProfileState = { fields: {}, subscriptions: [] };

/** Parses and applies fields and subscriptions as an import does. */
export function patchState(
  shape: ProfileShape,
  state: ProfileState,
  data: JsonObject,
  subscriptions?: JsonValue,
): Outcome<ProfileState, RowError> {
  const fields = parseProfilePatch(shape, data);
  if (!fields.ok) return fields;
  const parsed = parseSubscriptions(shape, subscriptions, false);
  if (!parsed.ok) return parsed;
  const patch = { fields: fields.value, subscriptions: parsed.value.patches };
  return applyProfilePatch(shape, state, patch, MADE_AT);
}

/** The same where it must succeed. */
export function patched(
  shape: ProfileShape,
  state: ProfileState,
  data: JsonObject,
  subscriptions?: JsonValue,
): ProfileState {
  const after = patchState(shape, state, data, subscriptions);
  assert.ok(after.ok, JSON.stringify(after));
  return after.value;
}
