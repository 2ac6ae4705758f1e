import { isJsonObject, type JsonObject, type JsonValue } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import type { FieldType } from './database.ts';
import { loadShape, MAX_FIELDS } from './databases.ts';
import { fieldNameFault, type ProfileShape, standardFields } from './fields.ts';
import { insertFields } from './sql/insert-fields.ts';

/** The type that a field gets when it is created from its first value; undefined when no type fits. */
function typeOf(value: JsonValue | undefined): FieldType | undefined {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'int' : 'float';
  if (Array.isArray(value) && value.every((element) => typeof element === 'string')) return 'tags';
  if (Array.isArray(value) && value.every(isJsonObject)) return 'objects';
  return isJsonObject(value) ? 'object' : undefined;
}

/**
 * Where the database says `create`, adds the fields that these items have and it does not know, by the type of their
 * first value. What cannot become a field is left for `parseProfilePatch` to refuse, item by item. One statement.
 */
export async function createUnknownFields(
  db: Db,
  shape: ProfileShape,
  items: readonly JsonObject[],
  now: Date,
): Promise<ProfileShape> {
  if (shape.database.unknownFields !== 'create') return shape;
  const types = new Map<string, FieldType>();
  const room = MAX_FIELDS - (shape.fields.size - Object.keys(standardFields).length);
  for (const item of items) {
    for (const name of Object.keys(item)) {
      if (shape.fields.has(name) || types.has(name) || types.size >= room) continue;
      const type = typeOf(item[name]);
      if (type !== undefined && fieldNameFault(name) === undefined) types.set(name, type);
    }
  }
  if (types.size === 0) return shape;
  const fields = [...types].map(([name, type]) => ({
    ...{ name, type, options: null, match: false, unique: false, required: false, indexed: true },
  }));
  await insertFields(db, shape.database.id, fields, now);
  return loadShape(db, shape.database.id);
}
