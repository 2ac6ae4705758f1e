import { type Clock, invalidRequest, MusterError, textFault } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { isPhoneCountry } from './contacts.ts';
import type { Database, Field, FieldType, SexNumbers, UnknownFields } from './database.ts';
import { createShape, fieldNameFault, type ProfileShape, standardFields } from './fields.ts';
import { insertDatabase } from './sql/insert-database.ts';
import { insertFields } from './sql/insert-fields.ts';
import { findDatabase } from './sql/list-databases.ts';
import { listFields } from './sql/list-fields.ts';
import { listResources } from './sql/list-resources.ts';
import { updateDatabaseRow } from './sql/update-database.ts';

/** Lanes of a database: imports of different lanes run side by side, those of one lane in order (DESIGN.md 3). */
export const LANE_COUNT = 16;
/** The lane of rows that are matched by several keys: it is worked on alone, and keeps its place in the order. */
export const WIDE_LANE = 16;

/** More would make every profile slow to check and hard to read. */
export const MAX_FIELDS = 500;
const MAX_NAME_LENGTH = 200;
const MAX_OPTIONS = 1_000;
const MAX_OPTION_LENGTH = 200;

export interface DatabaseSettings {
  readonly name: string;
  readonly unknownFields?: UnknownFields | undefined;
  readonly phoneCountry?: string | undefined;
  readonly sexNumbers?: SexNumbers | undefined;
  readonly uniqueEmail?: boolean | undefined;
}

function checkSettings(settings: Partial<DatabaseSettings>): void {
  const { name, phoneCountry } = settings;
  if (name !== undefined) {
    if (name.trim() === '' || name.length > MAX_NAME_LENGTH || textFault(name) !== undefined) {
      throw invalidRequest('name', `expected 1 to ${MAX_NAME_LENGTH} characters`);
    }
  }
  if (phoneCountry !== undefined && !isPhoneCountry(phoneCountry)) {
    throw invalidRequest('phone_country', 'expected a country code of two capitals such as RU');
  }
}

/** @throws {MusterError} 400 when a setting is not usable. */
export async function createDatabase(db: Db, clock: Clock, settings: DatabaseSettings): Promise<Database> {
  checkSettings(settings);
  const database = {
    name: settings.name.trim(),
    unknownFields: settings.unknownFields ?? 'reject',
    phoneCountry: settings.phoneCountry ?? 'RU',
    sexNumbers: settings.sexNumbers ?? '0/1',
    uniqueEmail: settings.uniqueEmail ?? false,
    createdAt: clock.now(),
  } as const;
  const id = await insertDatabase(db, database, LANE_COUNT + 1);
  return { id, ...database };
}

/** @throws {MusterError} 404 without such a database, 400 when a setting is not usable. */
export async function updateDatabase(
  db: Db,
  id: number,
  changes: Partial<DatabaseSettings>,
): Promise<Database> {
  checkSettings(changes);
  const current = await findDatabase(db, id);
  if (current === undefined) throw new MusterError(404, { detail: `database ${id} does not exist` });
  const database = {
    ...current,
    name: changes.name?.trim() ?? current.name,
    unknownFields: changes.unknownFields ?? current.unknownFields,
    phoneCountry: changes.phoneCountry ?? current.phoneCountry,
    sexNumbers: changes.sexNumbers ?? current.sexNumbers,
    uniqueEmail: changes.uniqueEmail ?? current.uniqueEmail,
  };
  await updateDatabaseRow(db, database);
  return database;
}

export interface FieldSettings {
  readonly name: string;
  readonly type: FieldType;
  readonly options?: readonly string[] | null | undefined;
  readonly match?: boolean | undefined;
  readonly unique?: boolean | undefined;
  readonly required?: boolean | undefined;
}

function checkOptions(field: FieldSettings): readonly string[] | null {
  const { options } = field;
  if (field.type !== 'enum') {
    if (options !== undefined && options !== null)
      throw invalidRequest('options', 'only an enum has options');
    return null;
  }
  if (options === undefined || options === null || options.length === 0 || options.length > MAX_OPTIONS) {
    throw invalidRequest('options', `an enum needs 1 to ${MAX_OPTIONS} of them`);
  }
  for (const [index, option] of options.entries()) {
    if (option.trim() === '' || option.length > MAX_OPTION_LENGTH || textFault(option) !== undefined) {
      throw invalidRequest(`options[${index}]`, `expected 1 to ${MAX_OPTION_LENGTH} characters`);
    }
    if (options.indexOf(option) !== index)
      throw invalidRequest(`options[${index}]`, `“${option}” stands twice`);
  }
  return options;
}

function isComposite(type: FieldType): boolean {
  return type === 'object' || type === 'objects';
}

/**
 * Adds a custom field. A match field is found by index from its first value on; that cannot be changed afterwards.
 * @throws {MusterError} 404 without such a database, 409 when it has the field, 400 when a setting is not usable.
 */
export async function createField(
  db: Db,
  clock: Clock,
  databaseId: number,
  field: FieldSettings,
): Promise<Field> {
  const nameFault = fieldNameFault(field.name);
  if (nameFault !== undefined) throw invalidRequest('name', nameFault);
  const options = checkOptions(field);
  const database = await findDatabase(db, databaseId);
  if (database === undefined) throw new MusterError(404, { detail: `database ${databaseId} does not exist` });
  const known = await listFields(db, databaseId);
  if (known.length >= MAX_FIELDS) throw invalidRequest('name', `a database has at most ${MAX_FIELDS} fields`);
  const taken = new MusterError(409, {
    field: 'name',
    detail: `name: the database has a field ${field.name} already`,
  });
  if (Object.hasOwn(standardFields, field.name)) throw taken;
  if ((field.match || field.unique) && isComposite(field.type)) {
    throw invalidRequest('type', 'a field of this type can be neither a match field nor unique');
  }
  const row = {
    ...{ name: field.name, type: field.type, options, match: field.match ?? false, indexed: true },
    ...{ unique: field.unique ?? false, required: field.required ?? false },
  };
  const now = clock.now();
  const id = (await insertFields(db, databaseId, [row], now)).get(field.name);
  if (id === undefined) throw taken;
  return { id, ...row, createdAt: now };
}

/** The database with its fields and resources, or undefined when there is none. Three statements. */
export async function findShape(db: Db, databaseId: number): Promise<ProfileShape | undefined> {
  const database = await findDatabase(db, databaseId);
  if (database === undefined) return undefined;
  return createShape(database, await listFields(db, databaseId), await listResources(db, databaseId));
}

/** The same where the database must exist, since other rows refer to it. */
export async function loadShape(db: Db, databaseId: number): Promise<ProfileShape> {
  const shape = await findShape(db, databaseId);
  if (shape === undefined) throw new Error(`database ${databaseId} does not exist`);
  return shape;
}
