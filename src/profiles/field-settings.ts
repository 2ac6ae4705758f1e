import { type Clock, invalidRequest, MusterError, textFault } from '../base/index.ts';
import { type Db, withTx } from '../db/index.ts';
import { orderBuild } from './build-orders.ts';
import type { Field, FieldType, ValueType } from './database.ts';
import { MAX_FIELDS } from './databases.ts';
import { fieldNameFault, isStandardField, standardFields } from './fields.ts';
import { insertFields } from './sql/insert-fields.ts';
import { findDatabase } from './sql/list-databases.ts';
import { listFields } from './sql/list-fields.ts';
import { lockDatabase } from './sql/lock-database.ts';
import { updateFieldRow } from './sql/update-field.ts';

const MAX_OPTIONS = 1_000;
const MAX_OPTION_LENGTH = 200;

export interface FieldChanges {
  readonly options?: readonly string[] | null | undefined;
  readonly match?: boolean | undefined;
  readonly unique?: boolean | undefined;
  readonly required?: boolean | undefined;
}

export interface FieldSettings extends FieldChanges {
  readonly name: string;
  /** Of a standard field it can be absent. */
  readonly type?: FieldType | undefined;
}

function checkOptions(type: ValueType, options: FieldChanges['options']): readonly string[] | null {
  if (type !== 'enum') {
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

/** Profiles hold the names, callers may send the ordinals: neither may change its meaning. */
function checkNewOptions(field: Field, options: FieldChanges['options']): readonly string[] | null {
  if (options === undefined) return field.options;
  const checked = checkOptions(field.type, options);
  const moved = (field.options ?? []).findIndex((option, index) => checked?.[index] !== option);
  if (moved >= 0) {
    throw invalidRequest(
      `options[${moved}]`,
      `expected “${field.options?.[moved]}”: options can only be added at the end`,
    );
  }
  return checked;
}

function checkType(type: ValueType, { match, unique }: FieldChanges, key: string): void {
  if ((match || unique) && (type === 'object' || type === 'objects')) {
    throw invalidRequest(key, 'a field of this type can be neither a match field nor unique');
  }
}

function noSuchDatabase(id: number): MusterError {
  return new MusterError(404, { detail: `database ${id} does not exist` });
}

function typeOf(field: FieldSettings): ValueType {
  const { name, type } = field;
  if (!isStandardField(name)) {
    if (type === undefined) throw invalidRequest('type', 'is missing');
    return type;
  }
  const standard = standardFields[name];
  if (standard === undefined || (type !== undefined && type !== standard)) {
    throw invalidRequest('type', `${name} has the type ${standard}`);
  }
  if (!field.match && !field.unique && !field.required) {
    throw invalidRequest('match', 'every database has this field; expected match, unique or required');
  }
  return standard;
}

/**
 * Adds a custom field, or declares something of a standard one. A custom match field is found by index from its first
 * value on; for a standard one, which profiles may have already, the index is built in the background.
 * @throws {MusterError} 404 without such a database, 409 when it has the field, 400 when a setting is not usable.
 */
export async function createField(
  db: Db,
  clock: Clock,
  databaseId: number,
  field: FieldSettings,
): Promise<Field> {
  const { name, match = false, unique = false, required = false } = field;
  const taken = new MusterError(409, {
    field: 'name',
    detail: `name: the database has a field ${name} already`,
  });
  const nameFault = fieldNameFault(name);
  if (nameFault !== undefined) throw invalidRequest('name', nameFault);
  if (name === 'email' || name === 'phones') throw taken;
  const type = typeOf(field);
  const options = checkOptions(type, field.options);
  checkType(type, field, 'type');
  return withTx(db, async (tx) => {
    await lockDatabase(tx, databaseId);
    if ((await findDatabase(tx, databaseId)) === undefined) throw noSuchDatabase(databaseId);
    const custom = (await listFields(tx, databaseId)).filter((known) => !isStandardField(known.name));
    const isStandard = isStandardField(name);
    if (!isStandard && custom.length >= MAX_FIELDS) {
      throw invalidRequest('name', `a database has at most ${MAX_FIELDS} fields`);
    }
    const row = { name, type, options, match, unique, required, indexed: !isStandard || !(match || unique) };
    const now = clock.now();
    const id = (await insertFields(tx, databaseId, [row], now)).get(name);
    if (id === undefined) throw taken;
    const before = { match: false, unique: false, indexed: true };
    if (isStandard) await orderBuild(tx, { databaseId, fieldId: id }, before, row, now);
    return { id, ...row, createdAt: now };
  });
}

/**
 * Changes what is declared of a field. What profiles have already is made findable, or is looked through for values
 * that two of them share, in the background; matching by the field goes on without its index meanwhile.
 * @returns undefined when the database has no such field.
 * @throws {MusterError} 400 when a setting is not usable, 409 while what was stored for the field is being removed.
 */
export function updateField(
  db: Db,
  clock: Clock,
  databaseId: number,
  fieldId: number,
  changes: FieldChanges,
): Promise<Field | undefined> {
  return withTx(db, async (tx) => {
    await lockDatabase(tx, databaseId);
    const current = (await listFields(tx, databaseId)).find(({ id }) => id === fieldId);
    if (current === undefined) return undefined;
    checkType(current.type, changes, changes.match ? 'match' : 'unique');
    const after = {
      ...current,
      options: checkNewOptions(current, changes.options),
      match: changes.match ?? current.match,
      unique: changes.unique ?? current.unique,
      required: changes.required ?? current.required,
    };
    const indexed = await orderBuild(tx, { databaseId, fieldId }, current, after, clock.now());
    const field = { ...after, indexed };
    await updateFieldRow(tx, field);
    return field;
  });
}
