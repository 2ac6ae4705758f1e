import { type Clock, invalidRequest, MusterError, textFault } from '../base/index.ts';
import { type Db, withTx } from '../db/index.ts';
import { orderBuild } from './build-orders.ts';
import { isPhoneCountry } from './contacts.ts';
import type { Database, SexNumbers, UnknownFields } from './database.ts';
import { createShape, type ProfileShape } from './fields.ts';
import { assignTransactionId } from './sql/assign-transaction-id.ts';
import { insertDatabase } from './sql/insert-database.ts';
import { findDatabase } from './sql/list-databases.ts';
import { listFields } from './sql/list-fields.ts';
import { listResources } from './sql/list-resources.ts';
import { lockDatabase } from './sql/lock-database.ts';
import { updateDatabaseRow } from './sql/update-database.ts';

/** Lanes of a database: imports of different lanes run side by side, those of one lane in order (DESIGN.md 3). */
export const LANE_COUNT = 16;
/** The lane of rows that are matched by several keys: it is worked on alone, and keeps its place in the order. */
export const WIDE_LANE = 16;

/** More would make every profile slow to check and hard to read. */
export const MAX_FIELDS = 500;
const MAX_NAME_LENGTH = 200;

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

/**
 * Changes settings. When e-mail addresses become unique, those that profiles have already are gathered in the
 * background; where two profiles share one, the setting goes off again and the build says which.
 * @throws {MusterError} 404 without such a database, 400 when a setting is not usable, 409 while what `uniqueEmail` had
 * stored before is being removed.
 */
export async function updateDatabase(
  db: Db,
  clock: Clock,
  id: number,
  changes: Partial<DatabaseSettings>,
): Promise<Database> {
  checkSettings(changes);
  return withTx(db, async (tx) => {
    await lockDatabase(tx, id);
    const current = await findDatabase(tx, id);
    if (current === undefined) throw new MusterError(404, { detail: `database ${id} does not exist` });
    const database = {
      ...current,
      name: changes.name?.trim() ?? current.name,
      unknownFields: changes.unknownFields ?? current.unknownFields,
      phoneCountry: changes.phoneCountry ?? current.phoneCountry,
      sexNumbers: changes.sexNumbers ?? current.sexNumbers,
      uniqueEmail: changes.uniqueEmail ?? current.uniqueEmail,
    };
    // Addresses are always found by index.
    const before = { match: true, unique: current.uniqueEmail, indexed: true };
    const after = { match: true, unique: database.uniqueEmail };
    await orderBuild(tx, { databaseId: id, fieldId: null, key: 'unique_email' }, before, after, clock.now());
    await updateDatabaseRow(tx, database);
    return database;
  });
}

/**
 * The database with its fields and resources, or undefined when there is none. Three statements; in a transaction one
 * more before them, so that a build which a later declaration causes waits for whoever writes by this shape.
 */
export async function findShape(db: Db, databaseId: number): Promise<ProfileShape | undefined> {
  if (db.isTransaction) await assignTransactionId(db);
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
