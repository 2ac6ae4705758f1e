import {
  failure,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Outcome,
  ownValue,
  success,
} from '../../base/index.ts';
import { type RowError, rowError } from '../../profiles/index.ts';
import { type Envelope, flags } from '../requests/envelope.ts';

/** An item as it was sent, taken apart but not yet judged. */
export interface OpenedItem {
  /** The keys of the item around `data`; those of the profile where it was sent bare. */
  readonly outer: JsonObject;
  readonly data: JsonObject;
}

/** Keys that stand around `data`, and beside the fields of a profile that was sent without it. */
const outerKeys: ReadonlySet<string> = new Set([
  'custom_request',
  'content',
  'custom_data',
  'attach',
  ...flags,
]);

/** `{data: {…}}` or the bare profile. Items of `profiles/*` are bare whatever keys they have. */
export function openItem({ items }: Pick<Envelope, 'items'>, item: JsonValue): Outcome<OpenedItem, RowError> {
  if (!isJsonObject(item)) return failure(rowError('data', 'expected an object for each profile'));
  if (items !== 'wrapped') return success({ outer: item, data: item });
  const data = ownValue(item, 'data');
  if (data === undefined || data === null) {
    const names = Object.keys(item);
    if (!names.some((name) => outerKeys.has(name) || name === 'data'))
      return success({ outer: item, data: item });
    const inner = Object.entries(item).filter(([name]) => !outerKeys.has(name) && name !== 'data');
    return success({ outer: item, data: Object.fromEntries(inner) });
  }
  if (isJsonObject(data)) return success({ outer: item, data });
  return failure(rowError('data', 'expected an object with the fields of the profile'));
}
