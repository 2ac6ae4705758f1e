import {
  invalidRequest,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  MusterError,
  ownValue,
  storageFault,
} from '../base/index.ts';
import type { ProfileShape } from '../profiles/index.ts';
import { overflowFault } from './overflow-fault.ts';

const matchingModes = ['email', 'email_profile', 'phone', 'profile_id', 'custom'] as const;
export type Matching = (typeof matchingModes)[number];

/** What is said once for all items of a request. Stored with the task as JSON. */
export interface Envelope {
  readonly matching: Matching;
  /** The field of `custom`; null in other modes. */
  readonly fieldName: string | null;
  /** The value at the root, for items that have none themselves; null = none. */
  readonly rootValue: JsonValue;
}

/** A request whose own keys are in order. Its items are judged one by one, later. */
export interface ParsedRequest {
  readonly workflowId: number;
  readonly envelope: Envelope;
  readonly content: JsonObject | null;
  readonly customData: JsonObject | null;
  readonly items: readonly JsonValue[];
}

const MAX_INT = 2_147_483_647;

/**
 * Keys of the platform that change what a request or an item of it means and are not built yet: silence about them
 * would be a lie.
 */
const unavailable: readonly [string, (value: JsonValue) => boolean][] = [
  ['custom_request', () => true],
  ['resource_id', () => true],
  ['attach', (value) => !(Array.isArray(value) && value.length === 0)],
  ['detect_geo', (value) => value !== false],
  ['dry_run', (value) => value !== false],
];

export const UNAVAILABLE = 'not available in this version; leave it out';

/** The first such key that stands in a request, or in an item around its data. */
export function findUnavailable(keys: JsonObject): string | undefined {
  return unavailable.find(([key, isUsed]) => {
    const value = ownValue(keys, key);
    return value !== undefined && value !== null && isUsed(value);
  })?.[0];
}

function refuseUnavailable(body: JsonObject): void {
  const key = findUnavailable(body);
  if (key !== undefined) throw invalidRequest(key, UNAVAILABLE);
}

function readFlag(body: JsonObject, key: string): void {
  const value = ownValue(body, key);
  if (value !== undefined && value !== null && typeof value !== 'boolean') {
    throw invalidRequest(key, 'expected true or false');
  }
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

function readWorkflowId(body: JsonObject): number {
  const value = ownValue(body, 'workflow_id');
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw invalidRequest('workflow_id', 'expected a whole number');
  }
  if (value < 1 || value > MAX_INT) throw noSuchWorkflow(value);
  return value;
}

export function noSuchWorkflow(id: number): MusterError {
  return new MusterError(404, { field: 'workflow_id', detail: `workflow_id: there is no workflow ${id}` });
}

function readMatching(body: JsonObject): Matching {
  const value = ownValue(body, 'matching') ?? 'email';
  const matching = matchingModes.find((known) => known === value);
  if (matching === undefined) throw invalidRequest('matching', `expected one of ${matchingModes.join(', ')}`);
  return matching;
}

function readFieldName(body: JsonObject): string {
  const value = ownValue(body, 'field_name');
  if (typeof value === 'string' && value !== '') return value;
  throw invalidRequest('field_name', 'expected the name of a field, since matching is custom');
}

/** The keys under which a value to match by is looked for, in an item and at the root. */
export const valueKeys: Readonly<Record<Matching, string>> = {
  email: 'email',
  email_profile: 'email',
  phone: 'phone',
  profile_id: 'profile_id',
  custom: 'field_value',
};

/** Stored with the task before any item is judged by it. */
function readRootValue(body: JsonObject, matching: Matching): JsonValue {
  const key = valueKeys[matching];
  const value = ownValue(body, key) ?? null;
  const fault = storageFault(value, key) ?? overflowFault(value, key);
  if (fault !== undefined) throw new MusterError(400, { field: key, detail: fault });
  return value;
}

function readItems(body: JsonObject, maxItems: number): readonly JsonValue[] {
  const value = ownValue(body, 'data');
  if (isJsonObject(value)) return [value];
  if (!Array.isArray(value)) throw invalidRequest('data', 'expected a list of profiles');
  if (value.length === 0) throw invalidRequest('data', 'expected at least one profile, the list is empty');
  if (value.length > maxItems) {
    throw invalidRequest(
      'data',
      `expected at most ${maxItems} profiles in one request, found ${value.length}`,
    );
  }
  return value;
}

/** @throws {MusterError} 400 that names the first key at fault; 404 for a workflow id that none can have. */
export function parseRequest(body: JsonObject, maxItems: number): ParsedRequest {
  const workflowId = readWorkflowId(body);
  refuseUnavailable(body);
  const matching = readMatching(body);
  const fieldName = matching === 'custom' ? readFieldName(body) : null;
  readFlag(body, 'skip_triggers');
  readFlag(body, 'skip_invalid_subscriptions');
  return {
    workflowId,
    envelope: { matching, fieldName, rootValue: readRootValue(body, matching) },
    content: readCarried(body, 'content'),
    customData: readCarried(body, 'custom_data'),
    items: readItems(body, maxItems),
  };
}

/** @throws {MusterError} 400 when the field to match by is none of the database's. */
export function requireMatchField(envelope: Envelope, shape: ProfileShape): void {
  const { fieldName } = envelope;
  if (fieldName === null || shape.fields.has(fieldName)) return;
  throw invalidRequest('field_name', `database ${shape.database.id} has no such field`);
}
