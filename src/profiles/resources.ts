import { type Clock, invalidRequest, MusterError, storageFault, textFault } from '../base/index.ts';
import { type Db, withTx } from '../db/index.ts';
import { fieldNameFault } from './fields.ts';
import type { Resource, ResourceField } from './resource.ts';
import { insertResource } from './sql/insert-resource.ts';
import { listDatabases } from './sql/list-databases.ts';
import { findResource } from './sql/list-resources.ts';
import { lockResource } from './sql/lock-resource.ts';
import { updateResourceRow } from './sql/update-resource.ts';

const MAX_TEXT_LENGTH = 200;
const MAX_CATEGORIES = 500;
const MAX_FIELDS = 100;
const MAX_OPTIONS = 1_000;

export type ResourceSettings = Omit<Resource, 'id' | 'createdAt'>;

function checkText(path: string, text: string): void {
  if (text.trim() === '' || text.length > MAX_TEXT_LENGTH || textFault(text) !== undefined) {
    throw invalidRequest(path, `expected 1 to ${MAX_TEXT_LENGTH} characters`);
  }
}

function checkDistinct(path: string, values: readonly (string | number)[], most: number): void {
  if (values.length > most) throw invalidRequest(path, `expected at most ${most}`);
  const twice = values.findIndex((value, index) => values.indexOf(value) !== index);
  if (twice !== -1) throw invalidRequest(`${path}[${twice}]`, `“${values[twice]}” stands twice`);
}

function checkTexts(path: string, texts: readonly string[], most: number): void {
  for (const [index, text] of texts.entries()) checkText(`${path}[${index}]`, text);
  checkDistinct(path, texts, most);
}

function checkField(path: string, field: ResourceField): void {
  const nameFault = fieldNameFault(field.name);
  if (nameFault !== undefined) throw invalidRequest(`${path}.name`, nameFault);
  if (field.type !== 'enum') {
    if (field.options !== null) throw invalidRequest(`${path}.options`, 'only an enum has options');
    return;
  }
  if (field.options === null || field.options.length === 0) {
    throw invalidRequest(`${path}.options`, `an enum needs 1 to ${MAX_OPTIONS} of them`);
  }
  checkTexts(`${path}.options`, field.options, MAX_OPTIONS);
}

function checkFields(fields: readonly ResourceField[]): void {
  if (fields.length > MAX_FIELDS) throw invalidRequest('fields', `expected at most ${MAX_FIELDS}`);
  const names = new Set<string>();
  for (const [index, field] of fields.entries()) {
    checkField(`fields[${index}]`, field);
    if (names.has(field.name)) throw invalidRequest(`fields[${index}].name`, `“${field.name}” stands twice`);
    names.add(field.name);
  }
}

/** What subscriptions hold must go on to fit: a field stays, with its type, and keeps the options that it has. */
function checkFieldChanges(before: readonly ResourceField[], after: readonly ResourceField[]): void {
  for (const field of before) {
    const index = after.findIndex(({ name }) => name === field.name);
    const changed = after[index];
    if (changed === undefined) throw invalidRequest('fields', `${field.name} is there already and must stay`);
    const path = `fields[${index}]`;
    if (changed.type !== field.type) throw invalidRequest(`${path}.type`, `must stay ${field.type}`);
    if (changed.match !== field.match) throw invalidRequest(`${path}.match`, `must stay ${field.match}`);
    const kept = field.options?.every((option, place) => changed.options?.[place] === option) ?? true;
    if (!kept) throw invalidRequest(`${path}.options`, 'those that are there must stay, new ones come after');
  }
}

function sorted(ids: readonly number[]): number[] {
  return [...ids].sort((left, right) => left - right);
}

async function checkSettings(db: Db, settings: Partial<ResourceSettings>): Promise<void> {
  const { name, databaseIds, channels, categories, fields, policy } = settings;
  if (name !== undefined) checkText('name', name);
  if (channels !== undefined) checkDistinct('channels', channels, channels.length);
  if (categories !== undefined) checkTexts('categories', categories, MAX_CATEGORIES);
  if (fields !== undefined) checkFields(fields);
  const fault = policy === undefined ? undefined : storageFault(policy, 'policy');
  if (fault !== undefined) throw new MusterError(400, { field: 'policy', detail: fault });
  if (databaseIds === undefined) return;
  checkDistinct('databases', databaseIds, databaseIds.length);
  const known = new Set((await listDatabases(db, databaseIds)).map(({ id }) => id));
  const unknown = databaseIds.findIndex((id) => !known.has(id));
  if (unknown !== -1) {
    throw invalidRequest(`databases[${unknown}]`, `there is no database ${databaseIds[unknown]}`);
  }
}

/**
 * Makes a resource. Without channels or databases nobody can subscribe to it.
 * @throws {MusterError} 400 that names the key at fault, as the API spells it.
 */
export async function createResource(
  db: Db,
  clock: Clock,
  settings: Partial<ResourceSettings> & Pick<ResourceSettings, 'name'>,
): Promise<Resource> {
  await checkSettings(db, settings);
  const resource = {
    channels: [],
    categories: [],
    fields: [],
    senders: {},
    policy: {},
    ...settings,
    name: settings.name.trim(),
    databaseIds: sorted(settings.databaseIds ?? []),
    createdAt: clock.now(),
  };
  const id = await insertResource(db, resource);
  return { ...resource, id };
}

/**
 * Changes what is given, lists and objects as a whole. A database or channel that subscriptions use may go: they stay
 * as they are, and sending passes over them. Fields may be added only.
 * @throws {MusterError} 404 without such a resource, 400 that names the key at fault.
 */
export async function updateResource(
  db: Db,
  id: number,
  changes: Partial<ResourceSettings>,
): Promise<Resource> {
  return withTx(db, async (tx) => {
    await lockResource(tx, id);
    // A statement of its own: one that waits for the lock would go on with the ties of before the wait.
    const current = await findResource(tx, id);
    if (current === undefined) throw new MusterError(404, { detail: `resource ${id} does not exist` });
    await checkSettings(tx, changes);
    if (changes.fields !== undefined) checkFieldChanges(current.fields, changes.fields);
    const resource = {
      ...current,
      ...changes,
      name: changes.name?.trim() ?? current.name,
      databaseIds: sorted(changes.databaseIds ?? current.databaseIds),
    };
    await updateResourceRow(tx, resource);
    return resource;
  });
}
