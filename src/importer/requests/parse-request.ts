import {
  invalidRequest,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  MusterError,
  ownValue,
  storageFault,
} from '../../base/index.ts';
import type { ProfileShape } from '../../profiles/index.ts';
import { type Filter, parseFilter } from '../../query/index.ts';
import { overflowFault } from '../rows/overflow-fault.ts';
import { type Envelope, type Matching, matchingModes, type RootContext, valueKeys } from './envelope.ts';
import type { ImportRules } from './import-rules.ts';

/** A request whose own keys are in order. Its items are judged one by one, later. */
export interface ParsedRequest {
  /** The workflow that profiles are sent into, or the database that they are imported into. */
  readonly target: { readonly workflowId: number } | { readonly databaseId: number };
  readonly envelope: Envelope;
  readonly context: RootContext;
  readonly items: readonly JsonValue[];
  /** Whom the request is about, where it says so by a filter at the root: then there is at most one item. */
  readonly audience: Filter | undefined;
  readonly dryRun: boolean;
}

const MAX_INT = 2_147_483_647;
const MAX_SEGMENTS = 100;

function readFlag(keys: JsonObject, key: string): boolean | undefined {
  const value = ownValue(keys, key);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  throw invalidRequest(key, 'expected true or false');
}

/** An object that runs carry along, checked for what cannot be stored; the fault names the key. */
export function carriedFault(value: JsonValue | undefined, key: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) return `${key}: expected an object`;
  return storageFault(value, key) ?? overflowFault(value, key);
}

function readCarried(body: JsonObject, key: string): JsonObject | null {
  const value = ownValue(body, key);
  const fault = carriedFault(value, key);
  if (fault !== undefined) throw new MusterError(400, { field: key, detail: fault });
  return isJsonObject(value) ? value : null;
}

export function noSuchWorkflow(id: number, key = 'workflow_id'): MusterError {
  return new MusterError(404, { field: key, detail: `${key}: there is no workflow ${id}` });
}

export function noSuchDatabase(id: number): MusterError {
  return new MusterError(404, { field: 'db_id', detail: `db_id: there is no database ${id}` });
}

/** Whole numbers come as text from callers who have no other type. */
function readId(body: JsonObject, key: string): number | undefined {
  const value = ownValue(body, key);
  if (value === undefined || value === null) return undefined;
  const id = typeof value === 'string' && /^\d{1,15}$/.test(value.trim()) ? Number(value) : value;
  if (typeof id !== 'number' || !Number.isInteger(id)) throw invalidRequest(key, 'expected a whole number');
  return id;
}

function readTarget(body: JsonObject, rules: ImportRules): ParsedRequest['target'] {
  const key = rules.workflowKey ?? 'db_id';
  const id = readId(body, key);
  if (id === undefined) throw invalidRequest(key, 'expected a whole number');
  if (id < 1 || id > MAX_INT) {
    throw rules.workflowKey === undefined ? noSuchDatabase(id) : noSuchWorkflow(id, key);
  }
  return rules.workflowKey === undefined ? { databaseId: id } : { workflowId: id };
}

function readMatching(body: JsonObject): Matching | undefined {
  const value = ownValue(body, 'matching');
  if (value === undefined || value === null || value === '') return undefined;
  const matching = matchingModes.find((known) => known === value);
  if (matching === undefined) throw invalidRequest('matching', `expected one of ${matchingModes.join(', ')}`);
  return matching;
}

function readFieldName(body: JsonObject, matching: Matching): string {
  const value = ownValue(body, 'field_name');
  if (typeof value === 'string' && value !== '') return value;
  throw invalidRequest('field_name', `expected the name of a field, since matching is ${matching}`);
}

/** Stored with the task before any item is judged by them. */
function readRootValues(body: JsonObject, matching: Matching): JsonObject {
  const values: JsonObject = {};
  for (const key of valueKeys[matching]) {
    const value = ownValue(body, key);
    if (value === undefined || value === null) continue;
    const fault = storageFault(value, key) ?? overflowFault(value, key);
    if (fault !== undefined) throw new MusterError(400, { field: key, detail: fault });
    values[key] = value;
  }
  return values;
}

function readSegments(body: JsonObject, key: string): readonly number[] {
  const value = ownValue(body, key);
  if (value === undefined || value === null) return [];
  const ids = Array.isArray(value) ? value : [value];
  if (ids.length > MAX_SEGMENTS) throw invalidRequest(key, `expected at most ${MAX_SEGMENTS} segments`);
  return ids.map((id) => {
    if (typeof id === 'number' && Number.isInteger(id) && id > 0 && id <= MAX_INT) return id;
    throw invalidRequest(key, 'expected a list of the numbers of segments');
  });
}

function readAudience(body: JsonObject): Filter | undefined {
  const value = ownValue(body, 'custom_request');
  if (value === undefined || value === null) return undefined;
  const parsed = parseFilter(value);
  if (parsed.ok) return parsed.value;
  const [fault] = parsed.error;
  const path = ['custom_request', fault?.path ?? ''].filter((part) => part !== '').join('.');
  throw new MusterError(400, { field: 'custom_request', detail: `${path}: ${fault?.message}` });
}

function readItems(body: JsonObject, rules: ImportRules, maxItems: number): readonly JsonValue[] {
  const value = ownValue(body, 'data');
  if (rules.items === 'none') return [{}];
  if (rules.items === 'one') {
    if (isJsonObject(value)) return [value];
    if (value === undefined || value === null) return [{}];
    throw invalidRequest('data', 'expected an object with the fields of the profile');
  }
  if (isJsonObject(value)) return [value];
  if (!Array.isArray(value)) throw invalidRequest('data', 'expected a list of profiles');
  if (value.length > maxItems) {
    throw invalidRequest(
      'data',
      `expected at most ${maxItems} profiles in one request, found ${value.length}`,
    );
  }
  return value;
}

/** Whether items are found by a filter of their own: there is no `matching`, and one of them has such a filter. */
function haveFilters(items: readonly JsonValue[]): boolean {
  return items.some((item) => {
    const filter = isJsonObject(item) ? ownValue(item, 'custom_request') : undefined;
    return filter !== undefined && filter !== null;
  });
}

function audienceItems(items: readonly JsonValue[]): readonly JsonValue[] {
  if (items.length <= 1) return items.length === 0 ? [{}] : items;
  throw invalidRequest(
    'custom_request',
    'at the root it selects an audience for at most one item of data; several items need one each, or matching',
  );
}

/** Without a workflow there are no runs that could carry anything. */
const NO_CONTEXT: RootContext = { content: null, customData: null, attach: null, subscriptionFilter: null };

function readContext(body: JsonObject): RootContext {
  return {
    content: readCarried(body, 'content'),
    customData: readCarried(body, 'custom_data'),
    attach: ownValue(body, 'attach') ?? null,
    subscriptionFilter: readCarried(body, 'subscription_filter'),
  };
}

/** What is said at the root for all items. */
function readRoot(
  body: JsonObject,
  rules: ImportRules,
  matching: Matching | null,
  hasAudience: boolean,
): Pick<ParsedRequest, 'envelope' | 'context'> {
  const needsField = matching === 'custom' || matching === 'custom_sub';
  return {
    envelope: {
      items: hasAudience ? 'wrapped' : rules.items,
      missing: rules.missing,
      matching,
      fieldName: needsField && matching !== null ? readFieldName(body, matching) : null,
      resourceId: readId(body, 'resource_id') ?? null,
      rootValues: matching === null || hasAudience ? {} : readRootValues(body, matching),
      skipTriggers: readFlag(body, 'skip_triggers') ?? false,
      skipInvalidSubscriptions: readFlag(body, 'skip_invalid_subscriptions') ?? false,
      detectGeo: readFlag(body, 'detect_geo') ?? false,
      addToSegments: readSegments(body, 'add_to_segments'),
      removeFromSegments: readSegments(body, 'remove_from_segments'),
    },
    context: rules.workflowKey === undefined ? NO_CONTEXT : readContext(body),
  };
}

/**
 * Reads the keys of a request to a method that imports.
 * @throws {MusterError} 400 that names the first key at fault; 404 for an id that no workflow or database can have.
 */
export function parseRequest(body: JsonObject, rules: ImportRules, maxItems: number): ParsedRequest {
  const target = readTarget(body, rules);
  const isAdd = rules.missing === 'add';
  const named = isAdd ? undefined : readMatching(body);
  const audience = named === undefined && !isAdd ? readAudience(body) : undefined;
  const hasData = !(ownValue(body, 'data') === undefined || ownValue(body, 'data') === null);
  const sent = audience !== undefined && !hasData ? [] : readItems(body, rules, maxItems);
  const items = audience === undefined ? sent : audienceItems(sent);
  if (items.length === 0) throw invalidRequest('data', 'expected at least one profile, the list is empty');
  const byFilter = rules.items === 'wrapped' && named === undefined && haveFilters(items);
  const matching = audience === undefined ? (named ?? (isAdd || byFilter ? null : 'email')) : 'profile_id';
  return {
    target,
    ...readRoot(body, rules, matching, audience !== undefined),
    items,
    audience,
    dryRun: readFlag(body, 'dry_run') ?? false,
  };
}

/**
 * Reads the keys of a request whose items come after them, one by one: those that `parseRequest` reads but for `data`,
 * a `custom_request` at the root and `dry_run`. Without `matching` an item is found by its own `custom_request`, else by e-mail.
 * @throws {MusterError} as `parseRequest` does.
 */
export function parseOpenRequest(body: JsonObject, rules: ImportRules): ParsedRequest {
  for (const key of ['data', 'custom_request', 'dry_run']) {
    const value = ownValue(body, key);
    if (value === undefined || value === null || value === false) continue;
    throw invalidRequest(key, 'not possible here, where the items are the lines of the body');
  }
  const target = readTarget(body, rules);
  const root = readRoot(body, rules, readMatching(body) ?? null, false);
  return { target, ...root, items: [], audience: undefined, dryRun: false };
}

/** @throws {MusterError} 400 or 404 when the envelope names what the database does not have. */
export function requireKnownNames({ fieldName, matching, resourceId }: Envelope, shape: ProfileShape): void {
  if (matching === 'custom' && fieldName !== null && !shape.fields.has(fieldName)) {
    throw invalidRequest('field_name', `database ${shape.database.id} has no such field`);
  }
  if (resourceId !== null && !shape.resources.has(resourceId)) {
    const detail = `resource_id: there is no resource ${resourceId} that database ${shape.database.id} is tied to`;
    throw new MusterError(404, { field: 'resource_id', detail });
  }
}
