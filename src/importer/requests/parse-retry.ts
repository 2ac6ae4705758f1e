import { invalidRequest, isJsonObject, type JsonObject, ownValue } from '../../base/index.ts';

/** What is to be tried again of a task. */
export interface RetryRequest {
  /** Codes of the errors; undefined = all. */
  readonly codes: readonly number[] | undefined;
  /** What is changed in the items, by their numbers, before they are tried again. */
  readonly corrections: ReadonlyMap<number, JsonObject>;
}

/** The codes that an item's error can have. */
export const itemErrorCodes = [400, 404, 409, 500] as const;

/** @throws {MusterError} 400 when `codes` is there and no list of codes. */
export function readCodes(body: JsonObject): readonly number[] | undefined {
  const value = ownValue(body, 'codes');
  if (value === undefined || value === null) return undefined;
  const codes = Array.isArray(value) ? value : [value];
  return codes.map((code) => {
    const known = itemErrorCodes.find((one) => one === Number(code));
    if (known === undefined || codes.length > 100) {
      throw invalidRequest('codes', `expected a list of codes of ${itemErrorCodes.join(', ')}`);
    }
    return known;
  });
}

/**
 * Reads `codes` and `data` of a request to try failed items again.
 * @param maxItems the most elements of `data`.
 * @throws {MusterError} 400 that names the key at fault.
 */
export function parseRetry(body: JsonObject, maxItems: number): RetryRequest {
  const corrections = new Map<number, JsonObject>();
  const value = ownValue(body, 'data') ?? [];
  const list = Array.isArray(value) ? value : [value];
  if (list.length > maxItems) throw invalidRequest('data', `expected at most ${maxItems} items`);
  for (const [position, element] of list.entries()) {
    const name = `data[${position}]`;
    if (!isJsonObject(element)) throw invalidRequest(name, 'expected an object with item and data');
    const { item, ...change } = element;
    const index = typeof item === 'string' && /^\d{1,9}$/.test(item) ? Number(item) : item;
    if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 0) {
      throw invalidRequest(`${name}.item`, 'expected the number of an item of the task, from 0');
    }
    if (corrections.has(index)) throw invalidRequest(`${name}.item`, `item ${index} is there twice`);
    if (!isJsonObject(ownValue(change, 'data'))) {
      throw invalidRequest(`${name}.data`, 'expected an object with the fields of the profile');
    }
    // An item keeps the attachments that were stored with it: here they would be taken for such as they stand.
    if (Object.hasOwn(change, 'attach')) throw invalidRequest(`${name}.attach`, 'cannot be corrected');
    corrections.set(index, change);
  }
  return { codes: readCodes(body), corrections };
}
