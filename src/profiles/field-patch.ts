import {
  failure,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Outcome,
  ownValue,
  sameJson,
  success,
} from '../base/index.ts';
import { coerceValue } from './coerce.ts';
import type { Database } from './database.ts';
import type { ProfileShape, ValueField } from './fields.ts';
import { type RowError, rowError } from './row-error.ts';

/** A change that depends on what the field holds (the platform's functional updates). */
type FieldOperation =
  | { readonly field: ValueField; readonly action: 'unset' }
  | { readonly field: ValueField; readonly action: 'incr'; readonly by: number }
  | { readonly field: ValueField; readonly action: 'add'; readonly values: readonly JsonValue[] }
  | {
      readonly field: ValueField;
      readonly action: 'delete';
      readonly values: readonly JsonValue[];
      /** Of a list of objects: the property that is compared with the values. */
      readonly path: readonly string[] | undefined;
    }
  | {
      readonly field: ValueField;
      readonly action: 'upsert';
      readonly path: readonly string[];
      readonly value: JsonValue;
    };

/** What an item does to fields: coerced values to set, and changes to be made to what is there. */
export interface FieldPatch {
  readonly set: JsonObject;
  readonly operations: readonly FieldOperation[];
}

const NO_OPERATIONS: readonly FieldOperation[] = [];
const actions = ['set', 'unset', 'incr', 'add', 'delete', 'upsert'] as const;
type Action = (typeof actions)[number];
const MAX_PATH = 8;

/** `{action, value, submatch}`. An object field may hold an `action` of its own, beside other keys. */
export function functionalUpdate(
  value: JsonValue,
): { action: Action; value: JsonValue; submatch: JsonValue } | undefined {
  if (!isJsonObject(value) || !Object.hasOwn(value, 'action')) return undefined;
  const action = actions.find((known) => known === value['action']);
  if (action === undefined) return undefined;
  if (Object.keys(value).some((key) => key !== 'action' && key !== 'value' && key !== 'submatch'))
    return undefined;
  return { action, value: ownValue(value, 'value') ?? null, submatch: ownValue(value, 'submatch') ?? null };
}

function parsePath(submatch: JsonValue): Outcome<string[], string> {
  const path = typeof submatch === 'string' ? submatch.split('.') : [];
  if (path.length === 0 || path.length > MAX_PATH || path.includes('')) {
    return failure('expected submatch to be a property, or a path of them such as address.city');
  }
  // Of an own property nothing is wrong with the name; of an inherited one everything.
  if (path.some((name) => name in {})) return failure('submatch names a reserved property');
  return success(path);
}

function listOf(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? value : [value];
}

const lists = new Set(['tags', 'phones', 'objects']);

function parseAdd(database: Database, field: ValueField, value: JsonValue): Outcome<FieldOperation, string> {
  const coerced = coerceValue(database, { ...field, kind: null }, value);
  return coerced.ok ? success({ field, action: 'add', values: listOf(coerced.value) }) : coerced;
}

function parseDelete(
  database: Database,
  field: ValueField,
  value: JsonValue,
  submatch: JsonValue,
): Outcome<FieldOperation, string> {
  if (field.type !== 'objects' || submatch === null) {
    const coerced = coerceValue(database, { ...field, kind: null }, value);
    if (!coerced.ok) return coerced;
    return success({ field, action: 'delete', values: listOf(coerced.value), path: undefined });
  }
  const path = parsePath(submatch);
  return path.ok ? success({ field, action: 'delete', values: listOf(value), path: path.value }) : path;
}

function parseOperation(
  database: Database,
  field: ValueField,
  update: { action: Action; value: JsonValue; submatch: JsonValue },
): Outcome<FieldOperation, string> {
  const { action, value, submatch } = update;
  if (action === 'unset') {
    if (field.name === 'email' || field.required) return failure('this field cannot be unset');
    return success({ field, action });
  }
  if (value === null) return failure(`expected a value for the action ${action}`);
  // What the value becomes is not known before the profile is, and who else has it must be asked before.
  if (field.unique) return failure('a unique field takes plain values, set and unset alone');
  const misfit = failure(`the action ${action} does not fit a field of the type ${field.type}`);
  if (action === 'incr') {
    if (field.type !== 'int' && field.type !== 'float') return misfit;
    const by = coerceValue(database, field, value);
    if (!by.ok) return by;
    return typeof by.value === 'number' ? success({ field, action, by: by.value }) : misfit;
  }
  if (action === 'upsert') {
    if (field.type !== 'object' && field.type !== 'objects') return misfit;
    const path = parsePath(submatch);
    return path.ok ? success({ field, action, path: path.value, value }) : path;
  }
  if (!lists.has(field.type)) return misfit;
  return action === 'add' ? parseAdd(database, field, value) : parseDelete(database, field, value, submatch);
}

export interface FieldsToPatch {
  readonly database: Database;
  readonly fields: ReadonlyMap<string, ValueField>;
  /** What is said of a name that is none of the fields; undefined = it is left out. */
  unknown(name: string): RowError | undefined;
}

/**
 * Checks and coerces fields as they were sent: plain values, or functional updates `{action, value, submatch}`. Null
 * means "leave as it is".
 * @returns the patch, or the first fault.
 */
export function parseFieldPatch(target: FieldsToPatch, data: JsonObject): Outcome<FieldPatch, RowError> {
  const set: JsonObject = {};
  let operations: FieldOperation[] | undefined;
  for (const name of Object.keys(data)) {
    const value = data[name];
    if (value === undefined || value === null) continue;
    const field = target.fields.get(name);
    if (field === undefined) {
      const fault = target.unknown(name);
      if (fault !== undefined) return failure(fault);
      continue;
    }
    const update = typeof value === 'object' ? functionalUpdate(value) : undefined;
    if (update === undefined || update.action === 'set') {
      const coerced = coerceValue(target.database, field, update === undefined ? value : update.value);
      if (!coerced.ok) return failure(rowError(name, coerced.error));
      set[name] = coerced.value;
      continue;
    }
    const operation = parseOperation(target.database, field, update);
    if (!operation.ok) return failure(rowError(name, operation.error));
    operations ??= [];
    operations.push(operation.value);
  }
  return success({ set, operations: operations ?? NO_OPERATIONS });
}

function shownName(name: string): string {
  const short = name.length > 64 ? `${name.slice(0, 64)}…` : name;
  return short.toWellFormed().replaceAll('\u0000', '␀');
}

/** The same for the fields of a profile, by the database's policy for names that it does not know. */
export function parseProfilePatch(shape: ProfileShape, data: JsonObject): Outcome<FieldPatch, RowError> {
  return parseFieldPatch(
    {
      database: shape.database,
      fields: shape.fields,
      // `create` has created the field before, where it could.
      unknown: (name) =>
        shape.database.unknownFields === 'ignore'
          ? undefined
          : rowError(shownName(name), 'the database has no such field'),
    },
    data,
  );
}

function valueAt(object: JsonValue, path: readonly string[]): JsonValue | undefined {
  let reached: JsonValue | undefined = object;
  for (const name of path) reached = isJsonObject(reached) ? ownValue(reached, name) : undefined;
  return reached;
}

/** The object with the value at the path; objects on the way are made where there are none. */
function withValueAt(object: JsonValue | undefined, path: readonly string[], value: JsonValue): JsonValue {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  const before = isJsonObject(object) ? object : {};
  return { ...before, [name]: withValueAt(ownValue(before, name), rest, value) };
}

/** @returns what the field holds afterwards, not yet checked; undefined = nothing. */
function operate(current: JsonValue | undefined, operation: FieldOperation): JsonValue | undefined {
  switch (operation.action) {
    case 'unset':
      return undefined;
    case 'incr':
      return (typeof current === 'number' ? current : 0) + operation.by;
    case 'add':
      return [...listOf(current ?? []), ...operation.values];
    case 'delete': {
      const { path, values } = operation;
      if (current === undefined) return undefined;
      return listOf(current).filter((element) => {
        const compared = path === undefined ? element : valueAt(element, path);
        return !values.some((value) => sameJson(value, compared));
      });
    }
    case 'upsert': {
      const { path, value, field } = operation;
      if (field.type === 'object') return withValueAt(current, path, value);
      return listOf(current ?? []).map((element) =>
        valueAt(element, path) === undefined ? element : withValueAt(element, path, value),
      );
    }
  }
}

/**
 * Lays the patch over the fields.
 * @returns the same object when nothing changes; a fault when an operation leads out of what the field can hold.
 */
export function applyFieldPatch(
  database: Database,
  fields: JsonObject,
  patch: FieldPatch,
): Outcome<JsonObject, RowError> {
  let after = fields;
  for (const name of Object.keys(patch.set)) {
    if (!sameJson(fields[name], patch.set[name])) {
      after = { ...fields, ...patch.set };
      break;
    }
  }
  for (const operation of patch.operations) {
    const { name } = operation.field;
    const current = ownValue(after, name);
    const value = operate(current, operation);
    if (value === undefined) {
      if (current !== undefined)
        after = Object.fromEntries(Object.entries(after).filter(([key]) => key !== name));
      continue;
    }
    const coerced = coerceValue(database, operation.field, value);
    if (!coerced.ok) return failure(rowError(name, coerced.error));
    if (!sameJson(current, coerced.value)) after = { ...after, [name]: coerced.value };
  }
  return success(after);
}
