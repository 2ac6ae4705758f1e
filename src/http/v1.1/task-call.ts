import { mayUse, type Right } from '../../accounts/index.ts';
import {
  invalidRequest,
  isUuid,
  type JsonObject,
  type JsonValue,
  MusterError,
  ownValue,
} from '../../base/index.ts';
import type { Permit } from '../../importer/index.ts';
import type { ApiCall } from './method.ts';

export function noSuchTask(): MusterError {
  return new MusterError(404, { field: 'task_id', detail: 'task_id: there is no such task' });
}

/** Whether the token has one of the rights on a database: a task of another is as if it were not there. */
export function permitOf({ token }: ApiCall, rights: readonly Right[]): Permit {
  return (databaseId) => rights.some((right) => mayUse(token, right, databaseId));
}

/** @throws {MusterError} 400 when there is no id, 404 when no task can have it. */
export function readTaskId(body: JsonObject, key = 'task_id'): string {
  const value = ownValue(body, key);
  if (typeof value !== 'string') throw invalidRequest(key, 'expected the id of a task, a string');
  if (!isUuid(value)) throw noSuchTask();
  return value;
}

/** A whole number from 0 to `max`. */
export function readCount(
  body: JsonObject,
  key: string,
  fallback: number,
  max = Number.MAX_SAFE_INTEGER,
): number {
  const value = ownValue(body, key);
  if (value === undefined || value === null) return fallback;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= max) return value;
  const most = max === Number.MAX_SAFE_INTEGER ? '' : ` and at most ${max}`;
  throw invalidRequest(key, `expected a whole number of at least 0${most}`);
}

/** One or several of the words, in a list or alone; undefined = the key is not there. */
export function readWords<W extends string>(
  body: JsonObject,
  key: string,
  words: readonly W[],
): readonly W[] | undefined {
  const value = ownValue(body, key);
  if (value === undefined || value === null) return undefined;
  const list: readonly JsonValue[] = Array.isArray(value) ? value : [value];
  return list.map((element) => {
    const word = words.find((one) => one === element);
    if (word === undefined) throw invalidRequest(key, `expected some of ${words.join(', ')}`);
    return word;
  });
}
