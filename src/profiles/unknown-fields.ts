import { isJsonObject, type JsonObject, type JsonValue } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import type { FieldType } from './database.ts';
import { loadShape, MAX_FIELDS } from './databases.ts';
import { functionalUpdate } from './field-patch.ts';
import { fieldNameFault, type ProfileShape, standardFields } from './fields.ts';
import { insertFields } from './sql/insert-fields.ts';

/** What an update takes away says nothing, nor does what would be changed in objects that are not there. */
function typeOfUpdate({ action, value }: { action: string; value: JsonValue }): FieldType | undefined {
  if (action === 'set') return isJsonObject(value) ? 'object' : typeOf(value);
  if (action === 'incr') return typeof value === 'number' && !Number.isSafeInteger(value) ? 'float' : 'int';
  if (action === 'upsert') return 'object';
  if (action !== 'add') return undefined;
  const [first] = Array.isArray(value) ? value : [value];
  return isJsonObject(first) ? 'objects' : 'tags';
}

/** The type that a field gets when it is created from its first value; undefined when no type fits. */
function typeOf(value: JsonValue | undefined): FieldType | undefined {
  const update = isJsonObject(value) ? functionalUpdate(value) : undefined;
  if (update !== undefined) return typeOfUpdate(update);
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'int' : 'float';
  if (Array.isArray(value) && value.every((element) => typeof element === 'string')) return 'tags';
  if (Array.isArray(value) && value.every(isJsonObject)) return 'objects';
  return isJsonObject(value) ? 'object' : undefined;
}

/** The fields that these items have and the database does not know, as many as it has room for. */
function findUnknown(shape: ProfileShape, items: readonly JsonObject[]): Map<string, FieldType> {
  const types = new Map<string, FieldType>();
  const room = MAX_FIELDS - (shape.fields.size - Object.keys(standardFields).length);
  for (const item of items) {
    for (const name of Object.keys(item)) {
      if (shape.fields.has(name) || types.has(name) || types.size >= room) continue;
      const type = typeOf(item[name]);
      if (type !== undefined && fieldNameFault(name) === undefined) types.set(name, type);
    }
  }
  return types;
}

/**
 * Where the database says `create`, adds the fields that these items have and it does not know, by the type of their
 * first value. What cannot become a field is left for `parseProfilePatch` to refuse, item by item. No statement where
 * all fields are known.
 */
export async function createUnknownFields(
  db: Db,
  shape: ProfileShape,
  items: readonly JsonObject[],
  now: Date,
): Promise<ProfileShape> {
  if (shape.database.unknownFields !== 'create') return shape;
  if (findUnknown(shape, items).size === 0) return shape;
  // Others, or an earlier part of the same request, may have added some since the shape was read.
  const latest = await loadShape(db, shape.database.id);
  const types = findUnknown(latest, items);
  if (types.size === 0) return latest;
  const fields = [...types].map(([name, type]) => ({
    ...{ name, type, options: null, match: false, unique: false, required: false, indexed: true },
  }));
  await insertFields(db, shape.database.id, fields, now);
  return loadShape(db, shape.database.id);
}
