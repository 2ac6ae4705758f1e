import {
  failure,
  isDeeperThan,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Outcome,
  storageFault,
  success,
  textFault,
} from '../base/index.ts';
import type { FieldPath, Filter, JsonScalar, QueryError } from './filter.ts';

/** Nesting of `$and`, `$or`, `$nor`, `$not`, and of a document that a field is compared with. */
export const MAX_DEPTH = 16;
/** Elements of a list: `$in`, `$nin`, `$and`, `$or`, `$nor`, an array that a field is compared with. */
export const MAX_LIST = 1000;
/** Leaves of the tree: each is one function call in the SQL. */
export const MAX_CONDITIONS = 200;
/** Characters of a dotted path. */
export const MAX_PATH_LENGTH = 500;
const MAX_PATH_NAMES = 16;
/** A name of digits is tried as an index and as a key, so each one doubles the paths to look along. */
const MAX_PATH_INDEXES = 3;
/** Beyond these the caller has enough to mend. */
const MAX_ERRORS = 20;
/** A key is repeated in messages only so far. */
const SHOWN_CHARACTERS = 60;

const comparisons = { $gt: '>', $gte: '>=', $lt: '<', $lte: '<=' } as const;
const fieldOperators = '$eq, $ne, $in, $nin, $exists, $gt, $gte, $lt, $lte, $not';
const rootOperators = '$and, $or, $nor';

interface Parsing {
  readonly errors: QueryError[];
  conditions: number;
}

/**
 * Reads a MongoDB filter. `{}` matches everything.
 * @returns the frozen filter, which shares nothing with `input`; or what is wrong with it, up to 20 faults.
 */
export function parseFilter(input: JsonValue): Outcome<Filter, QueryError[]> {
  const parsing: Parsing = { errors: [], conditions: 0 };
  const filter = parseObject(parsing, input, '', 1);
  if (parsing.conditions > MAX_CONDITIONS) {
    addError(parsing, '', `expected at most ${MAX_CONDITIONS} conditions, found ${parsing.conditions}`);
  }
  return parsing.errors.length > 0 ? failure(parsing.errors) : success(freezeDeep(filter));
}

function addError(parsing: Parsing, path: string, message: string): void {
  if (parsing.errors.length < MAX_ERRORS) parsing.errors.push({ path, message });
}

/** After a fault something must stand in the tree; the tree is never returned then. */
const nothing: Filter = { kind: 'all', parts: [] };

function refuse(parsing: Parsing, path: string, message: string): Filter {
  addError(parsing, path, message);
  return nothing;
}

function shown(key: string): string {
  const whole = key.length > SHOWN_CHARACTERS ? `${key.slice(0, SHOWN_CHARACTERS)}…` : key;
  return whole.toWellFormed().replaceAll('\u0000', '\\u0000');
}

function at(path: string, key: string): string {
  return path === '' ? shown(key) : `${path}.${shown(key)}`;
}

/** `{field: condition, $or: [...]}`: every member must hold. */
function parseObject(parsing: Parsing, input: JsonValue, path: string, depth: number): Filter {
  if (!isJsonObject(input)) return refuse(parsing, path, 'expected an object of fields and conditions');
  if (depth > MAX_DEPTH) return refuse(parsing, path, `nested deeper than ${MAX_DEPTH} levels`);
  const parts: Filter[] = [];
  for (const [key, value] of Object.entries(input)) {
    if (tooMany(parsing)) break;
    if (key.startsWith('$')) parts.push(parseJunction(parsing, key, value, at(path, key), depth));
    else parts.push(parseField(parsing, key, value, at(path, key), depth));
  }
  return allOf(parts);
}

/** Stops the walk soon after a bound is passed, so that a filter of a million members costs no more than one of 200. */
function tooMany(parsing: Parsing): boolean {
  return parsing.conditions > MAX_CONDITIONS || parsing.errors.length >= MAX_ERRORS;
}

function allOf(parts: readonly Filter[]): Filter {
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : { kind: 'all', parts };
}

function parseJunction(
  parsing: Parsing,
  operator: string,
  input: JsonValue,
  path: string,
  depth: number,
): Filter {
  if (operator !== '$and' && operator !== '$or' && operator !== '$nor') {
    const message = `unknown operator, expected a field or one of ${rootOperators}`;
    return refuse(parsing, path, message);
  }
  if (!Array.isArray(input) || input.length === 0 || input.length > MAX_LIST) {
    return refuse(parsing, path, `expected a list of 1 to ${MAX_LIST} filters`);
  }
  const parts: Filter[] = [];
  for (const [index, element] of input.entries()) {
    if (tooMany(parsing)) break;
    // An empty part is a condition too, or a list of a thousand lists of `{}` would cost without being counted.
    if (isJsonObject(element) && Object.keys(element).length === 0) parsing.conditions += 1;
    parts.push(parseObject(parsing, element, `${path}[${index}]`, depth + 1));
  }
  if (operator === '$and') return allOf(parts);
  const any: Filter = { kind: 'any', parts };
  return operator === '$or' ? any : { kind: 'not', part: any };
}

function parseField(parsing: Parsing, key: string, value: JsonValue, path: string, depth: number): Filter {
  const fault = pathFault(key);
  if (fault !== undefined) return refuse(parsing, path, fault);
  const names = key.split('.');
  return hasOperator(value)
    ? parseOperators(parsing, names, value, path, depth)
    : parseIn(parsing, names, [value], path);
}

function hasOperator(value: JsonValue): value is JsonObject {
  return isJsonObject(value) && Object.keys(value).some((key) => key.startsWith('$'));
}

function pathFault(key: string): string | undefined {
  if (key.length > MAX_PATH_LENGTH) return `expected a path of at most ${MAX_PATH_LENGTH} characters`;
  const unstorable = textFault(key);
  if (unstorable !== undefined) return `the path ${unstorable}`;
  const names = key.split('.');
  if (names.includes('')) return 'expected names with dots between them, found an empty name';
  if (names.length > MAX_PATH_NAMES) return `expected a path of at most ${MAX_PATH_NAMES} names`;
  const indexes = names.slice(1).filter((name) => /^\d+$/.test(name)).length;
  if (indexes > MAX_PATH_INDEXES) return `expected a path with at most ${MAX_PATH_INDEXES} array indexes`;
  return undefined;
}

/** `{$gt: 1, $lt: 5}`: every operator must hold; in an array, each may be met by another element, as in MongoDB. */
function parseOperators(
  parsing: Parsing,
  names: FieldPath,
  input: JsonObject,
  path: string,
  depth: number,
): Filter {
  if (depth > MAX_DEPTH) return refuse(parsing, path, `nested deeper than ${MAX_DEPTH} levels`);
  const parts: Filter[] = [];
  for (const [operator, value] of Object.entries(input)) {
    if (tooMany(parsing)) break;
    parts.push(parseOperator(parsing, names, operator, value, at(path, operator), depth));
  }
  return allOf(parts);
}

function parseOperator(
  parsing: Parsing,
  names: FieldPath,
  operator: string,
  value: JsonValue,
  path: string,
  depth: number,
): Filter {
  switch (operator) {
    case '$eq':
      return parseIn(parsing, names, [value], path);
    case '$ne':
      return { kind: 'not', part: parseIn(parsing, names, [value], path) };
    case '$in':
      return parseList(parsing, names, value, path);
    case '$nin':
      return { kind: 'not', part: parseList(parsing, names, value, path) };
    case '$exists': {
      if (typeof value !== 'boolean') return refuse(parsing, path, 'expected true or false');
      parsing.conditions += 1;
      const exists: Filter = { kind: 'exists', path: names };
      return value ? exists : { kind: 'not', part: exists };
    }
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return parseComparison(parsing, names, comparisons[operator], value, path);
    case '$not':
      return hasOperator(value)
        ? { kind: 'not', part: parseOperators(parsing, names, value, path, depth + 1) }
        : refuse(parsing, path, 'expected an object of operators, such as {"$gt": 5}');
    default: {
      const message = operator.startsWith('$')
        ? `unknown operator, expected one of ${fieldOperators}`
        : 'found a field beside operators, expected operators only or a document only';
      return refuse(parsing, path, message);
    }
  }
}

function parseComparison(
  parsing: Parsing,
  names: FieldPath,
  operator: '>' | '>=' | '<' | '<=',
  value: JsonValue,
  path: string,
): Filter {
  if (typeof value !== 'number' && typeof value !== 'string') {
    return refuse(parsing, path, 'expected a number or a string');
  }
  const fault = literalFault(value);
  if (fault !== undefined) return refuse(parsing, path, fault);
  parsing.conditions += 1;
  return { kind: 'compare', path: names, operator, value };
}

function parseList(parsing: Parsing, names: FieldPath, input: JsonValue, path: string): Filter {
  if (!Array.isArray(input) || input.length > MAX_LIST) {
    return refuse(parsing, path, `expected a list of at most ${MAX_LIST} values`);
  }
  return parseIn(parsing, names, input, path, true);
}

/** @param inList whether a fault names the element of a list in the input. */
function parseIn(
  parsing: Parsing,
  names: FieldPath,
  values: readonly JsonValue[],
  path: string,
  inList = false,
): Filter {
  parsing.conditions += 1;
  const scalars: JsonScalar[] = [];
  const documents: (JsonValue[] | JsonObject)[] = [];
  for (const [index, value] of values.entries()) {
    const fault = literalFault(value);
    if (fault !== undefined) addError(parsing, inList ? `${path}[${index}]` : path, fault);
    else if (typeof value === 'object' && value !== null) documents.push(structuredClone(value));
    else scalars.push(value);
  }
  return { kind: 'in', path: names, scalars, documents };
}

/** Why the value cannot be compared with: what cannot be stored cannot be asked for either. */
function literalFault(value: JsonValue): string | undefined {
  if (isDeeperThan(value, MAX_DEPTH)) return `the value is nested deeper than ${MAX_DEPTH} levels`;
  if (hasLongList(value)) return `expected lists of at most ${MAX_LIST} values`;
  return storageFault(value, 'the value');
}

function hasLongList(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const children = Array.isArray(value) ? value : Object.values(value);
  return children.length > MAX_LIST || children.some(hasLongList);
}

function freezeDeep<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) freezeDeep(child);
  }
  return value;
}
