import type { JsonRecord } from '../parts/json-record.ts';

/** A filter as it is built with the mouse; what cannot be shown so stays JSON. */
export type FilterNode = FilterGroup | FilterRule | FilterRaw;

export interface FilterGroup {
  readonly kind: 'group';
  readonly mode: 'and' | 'or';
  readonly items: readonly FilterNode[];
}

export interface FilterRule {
  readonly kind: 'rule';
  readonly field: string;
  readonly operator: Operator;
  readonly value: unknown;
}

export interface FilterRaw {
  readonly kind: 'raw';
  readonly json: JsonRecord;
}

export const operators = [
  'eq',
  'ne',
  'gt',
  'gte',
  'lt',
  'lte',
  'in',
  'nin',
  'regex',
  'exists',
  'missing',
] as const;
export type Operator = (typeof operators)[number];

export const EMPTY_GROUP: FilterGroup = { kind: 'group', mode: 'and', items: [] };

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.every(isPlain);
}

/** One condition on a field; undefined = one that the builder has no form for. */
function readCondition(field: string, key: string, value: unknown): FilterRule | undefined {
  const rule = (operator: Operator, of: unknown = value): FilterRule => ({
    kind: 'rule',
    field,
    operator,
    value: of,
  });
  if (key === '$exists' && typeof value === 'boolean') return rule(value ? 'exists' : 'missing', null);
  if (key === '$in' || key === '$nin') return isList(value) ? rule(key === '$in' ? 'in' : 'nin') : undefined;
  if (key === '$regex') return typeof value === 'string' ? rule('regex') : undefined;
  const operator = operators.find((one) => `$${one}` === key);
  if (operator === undefined || operator === 'exists' || operator === 'missing') return undefined;
  return isPlain(value) ? rule(operator) : undefined;
}

function readField(field: string, value: unknown): FilterNode[] {
  const raw: FilterRaw = { kind: 'raw', json: { [field]: value } };
  if (isPlain(value)) return [{ kind: 'rule', field, operator: 'eq', value }];
  if (!isRecord(value)) return [raw];
  const entries = Object.entries(value);
  const rules = entries.map(([key, part]) => readCondition(field, key, part));
  const known = rules.filter((rule) => rule !== undefined);
  return entries.length > 0 && known.length === rules.length ? known : [raw];
}

function readGroup(mode: 'and' | 'or', list: unknown): FilterNode[] {
  if (!Array.isArray(list) || list.length === 0 || !list.every(isRecord)) {
    return [{ kind: 'raw', json: { [`$${mode}`]: list } }];
  }
  return [{ kind: 'group', mode, items: list.map(readPart) }];
}

/** A part of a group: its only condition, or a group of its own. */
function readPart(json: JsonRecord): FilterNode {
  const group = readFilter(json);
  const [only] = group.items;
  return group.items.length === 1 && only !== undefined ? only : group;
}

/** A filter as a tree; every key that the builder has no form for becomes a raw part. */
export function readFilter(json: JsonRecord): FilterGroup {
  const items = Object.entries(json).flatMap(([key, value]): FilterNode[] => {
    if (key === '$and') return readGroup('and', value);
    if (key === '$or') return readGroup('or', value);
    return key.startsWith('$') ? [{ kind: 'raw', json: { [key]: value } }] : readField(key, value);
  });
  const [only] = items;
  return items.length === 1 && only?.kind === 'group' ? only : { kind: 'group', mode: 'and', items };
}

function printRule({ field, operator, value }: FilterRule): JsonRecord {
  if (operator === 'exists' || operator === 'missing') return { [field]: { $exists: operator === 'exists' } };
  return operator === 'eq' && isPlain(value) ? { [field]: value } : { [field]: { [`$${operator}`]: value } };
}

function printNode(node: FilterNode): JsonRecord {
  if (node.kind === 'raw') return node.json;
  return node.kind === 'rule' ? printRule(node) : printFilter(node);
}

/** Keys that stand once each can share an object. */
function areApart(parts: readonly JsonRecord[]): boolean {
  const keys = parts.flatMap((part) => Object.keys(part));
  return new Set(keys).size === keys.length;
}

/** The tree as a filter of the query language. */
export function printFilter({ mode, items }: FilterGroup): JsonRecord {
  const parts = items.map(printNode).filter((part) => Object.keys(part).length > 0);
  const [only] = parts;
  if (only === undefined) return {};
  if (parts.length === 1) return only;
  if (mode === 'or') return { $or: parts };
  return areApart(parts) ? Object.assign({}, ...parts) : { $and: parts };
}

/** What somebody has typed, as a value of a field of that type. */
export function readValue(text: string, type: string): unknown {
  if (type === 'int' || type === 'float')
    return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
  if (type === 'bool') return text === 'true';
  return text;
}
