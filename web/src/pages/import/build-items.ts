import type { ColumnMapping, DateOrder, FieldType } from './mapping.ts';
import { type Cell, isEmptyCell, printCell } from './table.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export interface Item {
  data: { [key: string]: Json };
  profile_id?: string;
}

const YES = /^(true|yes|y|1|да|истина)$/i;
const NO = /^(false|no|n|0|нет|ложь)$/i;

/** A date in the order of its column as `2026-11-25`, its time of day kept; what is no such date stays as it is. */
export function readDate(text: string, order: DateOrder): string {
  const found = /^(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})(?:[ T](.+))?$/.exec(text);
  if (found === null) return text;
  const [, first = '', second = '', third = '', time] = found;
  const isYearFirst = first.length === 4;
  const [year, month, day] = isYearFirst
    ? [first, second, third]
    : order === 'mdy'
      ? [third, first, second]
      : [third, second, first];
  if (year.length !== 4) return text;
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return time === undefined
    ? date
    : `${date}T${time.padStart(time.indexOf(':') === 1 ? time.length + 1 : 0, '0')}`;
}

function splitList(text: string): string[] {
  return text
    .split(/[;,|\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function readNumber(text: string): Json {
  const plain = text.replaceAll(/[\s\u00a0']/g, '').replace(/,(\d+)$/, '.$1');
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : text;
}

function readJson(text: string): Json {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}

/**
 * A cell as a field of that type takes it. What does not fit is handed on as it is, so that the server refuses it with
 * the value in its words.
 */
export function toValue(cell: Cell, type: FieldType, order: DateOrder): Json {
  if (cell instanceof Date) {
    const text = cell.toISOString();
    return type === 'date' ? text.slice(0, 10) : text;
  }
  if (typeof cell === 'object' && cell !== null) return readJson(JSON.stringify(cell));
  const text = printCell(cell).trim();
  if (type === 'bool') return YES.test(text) ? true : NO.test(text) ? false : text;
  if (type === 'int' || type === 'float') return typeof cell === 'number' ? cell : readNumber(text);
  if (type === 'date' || type === 'datetime') return readDate(text, order);
  if (type === 'phones' || type === 'tags') return splitList(text);
  if (type === 'object' || type === 'objects') return readJson(text);
  if (type === 'sex' && typeof cell === 'number') return cell;
  return text;
}

/**
 * A row as an item of a request. Empty cells are left out: they change nothing. @param typeOf the type of a field.
 */
export function buildItem(
  row: readonly Cell[],
  mappings: readonly ColumnMapping[],
  typeOf: (field: string) => FieldType,
): Item {
  const item: Item = { data: {} };
  const subscriptions: Json[] = [];
  for (const [index, { target, dates }] of mappings.entries()) {
    const cell = row[index];
    if (target.kind === 'ignore' || isEmptyCell(cell)) continue;
    if (target.kind === 'profile_id') item.profile_id = printCell(cell).trim();
    else if (target.kind === 'field') item.data[target.field] = toValue(cell, typeOf(target.field), dates);
    else {
      const { resourceId, channel } = target;
      const contact = channel === 'email' ? 'email' : 'phone';
      subscriptions.push({ resource_id: resourceId, channel, [contact]: printCell(cell).trim() });
    }
  }
  if (subscriptions.length > 0) item.data['subscriptions'] = subscriptions;
  return item;
}
