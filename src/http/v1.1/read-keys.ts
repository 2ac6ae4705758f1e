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
