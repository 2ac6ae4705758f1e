import { invalidRequest, type JsonObject, type JsonValue, ownValue } from '../../base/index.ts';

const MAX_INT = 2_147_483_647;

export function isGiven(value: JsonValue | undefined): value is JsonValue {
  return value !== undefined && value !== null && value !== '';
}

/**
 * A whole number of the request itself, from 1, also as text.
 * @throws {MusterError} 400 when it is none, or is missing and has no fallback.
 */
export function readNumber(body: JsonObject, key: string, fallback?: number): number {
  const value = ownValue(body, key);
  if (!isGiven(value) && fallback !== undefined) return fallback;
  const number = typeof value === 'string' && /^\d{1,10}$/.test(value.trim()) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= MAX_INT)
    return number;
  throw invalidRequest(key, `expected a whole number from 1 to ${MAX_INT}`);
}

/** @throws {MusterError} 400 when it is neither true nor false. */
export function readFlag(body: JsonObject, key: string): boolean {
  const value = ownValue(body, key);
  if (value === undefined || value === null) return false;
  if (typeof value === 'boolean') return value;
  throw invalidRequest(key, 'expected true or false');
}

/** @throws {MusterError} 400 when the key is no id, or missing. */
export function readId(body: JsonObject, key: string, of: string): number {
  const value = ownValue(body, key);
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_INT) return value;
  throw invalidRequest(key, `expected the id of a ${of}, a whole number of at least 1`);
}

function readCount(body: JsonObject, key: string, fallback: number, least: number): number {
  const value = ownValue(body, key);
  if (value === undefined || value === null) return fallback;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
  throw invalidRequest(key, `expected a whole number of at least ${least}`);
}

/** Whether a list of the body, where it has one that is not empty, names anything but `known`. */
function asksForOthers(body: JsonObject, key: string, known: string | number | undefined): boolean {
  const value = ownValue(body, key);
  if (value === undefined || value === null) return false;
  if (!Array.isArray(value)) throw invalidRequest(key, 'expected a list');
  return value.length > 0 && (known === undefined || !value.includes(known));
}

export interface ListPage<T> {
  readonly data: readonly T[];
  /** Always a number, as the platform has it: callers go on until a page is empty. */
  readonly next_from_id: number;
  readonly total_count: number;
}

/**
 * The page of a list that the body asks for by `from_id` and `limit`; the items are in order of id. There are no tags,
 * and one access group, 0 `main`: who asks for others finds nothing.
 * @throws {MusterError} 400 for a key that is not usable.
 */
export function pageOf<T extends { readonly id: number }>(
  body: JsonObject,
  items: readonly T[],
): ListPage<T> {
  const fromId = readCount(body, 'from_id', 1, 0);
  const limit = readCount(body, 'limit', 1000, 1);
  const nothing = [
    asksForOthers(body, 'groups', 'main'),
    asksForOthers(body, 'groups_id', 0),
    asksForOthers(body, 'ui_tags', undefined),
  ].includes(true);
  const found = nothing ? [] : items;
  const data = found.filter(({ id }) => id >= fromId).slice(0, limit);
  const last = data.at(-1);
  return { data, next_from_id: last === undefined ? fromId : last.id + 1, total_count: found.length };
}
