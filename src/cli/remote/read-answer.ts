import { isJsonObject, type JsonObject, type JsonValue, ownValue } from '../../base/index.ts';
import { CliError } from '../cli-error.ts';

function unexpected(key: string): CliError {
  return new CliError(`the answer of the server lacks “${key}” as it should be`, 'are both of one version?');
}

export function textIn(object: JsonObject, key: string): string {
  const value = ownValue(object, key);
  if (typeof value !== 'string') throw unexpected(key);
  return value;
}

export function numberIn(object: JsonObject, key: string): number {
  const value = ownValue(object, key);
  if (typeof value !== 'number') throw unexpected(key);
  return value;
}

export function objectIn(object: JsonObject, key: string): JsonObject {
  const value = ownValue(object, key);
  if (!isJsonObject(value)) throw unexpected(key);
  return value;
}

export function objectsIn(object: JsonObject, key: string): JsonObject[] {
  const value = ownValue(object, key);
  if (!Array.isArray(value) || !value.every(isJsonObject)) throw unexpected(key);
  return value;
}

/** What a table shows of a value: nothing for null, JSON for what is no text. */
export function cellOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
