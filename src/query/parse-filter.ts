import {
  failure,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Outcome,
  success,
  textFault,
} from '../base/index.ts';
import type { Filter, QueryError } from './filter.ts';
import { parseIn } from './parse-literal.ts';
import { parseOperators } from './parse-operators.ts';
import {
  allOf,
  at,
  checkSums,
  deeper,
  hasOperator,
  MAX_DEPTH,
  MAX_LIST,
  type Parsing,
  type Place,
  refuse,
  startParsing,
  tooMany,
} from './parsing.ts';

/** Characters of a dotted path. */
export const MAX_PATH_LENGTH = 500;
const MAX_PATH_NAMES = 16;
/** A name of digits is tried as an index and as a key, so each one doubles the paths to look along. */
const MAX_PATH_INDEXES = 3;

const rootOperators = '$and, $or, $nor, $comment';

/**
 * Reads a MongoDB filter. `{}` matches everything.
 * @returns the frozen filter, which shares nothing with `input`; or what is wrong with it, up to 20 faults.
 */
export function parseFilter(input: JsonValue): Outcome<Filter, QueryError[]> {
  const parsing = startParsing();
  const filter = parseObject(parsing, input, { path: '', depth: 1, weight: 1 });
  checkSums(parsing);
  return parsing.errors.length > 0 ? failure(parsing.errors) : success(freezeDeep(filter));
}

/** `{field: condition, $or: [...]}`: every member must hold. */
function parseObject(parsing: Parsing, input: JsonValue, place: Place): Filter {
  if (!isJsonObject(input)) return refuse(parsing, place.path, 'expected an object of fields and conditions');
  if (place.depth > MAX_DEPTH) return refuse(parsing, place.path, `nested deeper than ${MAX_DEPTH} levels`);
  const before = parsing.conditions;
  const parts: Filter[] = [];
  for (const [key, value] of Object.entries(input)) {
    if (tooMany(parsing)) break;
    if (key === '$comment') continue;
    parts.push(
      key.startsWith('$')
        ? parseJunction(parsing, key, value, at(place, key))
        : parseField(parsing, key, value, at(place, key)),
    );
  }
  // An empty one is a condition too, or a list of a thousand lists of `{}` would cost without being counted.
  if (parsing.conditions === before) parsing.conditions += place.weight;
  return allOf(parts);
}

function parseJunction(parsing: Parsing, operator: string, input: JsonValue, place: Place): Filter {
  if (operator !== '$and' && operator !== '$or' && operator !== '$nor') {
    const message = `unknown operator, expected a field or one of ${rootOperators}`;
    return refuse(parsing, place.path, message);
  }
  if (!Array.isArray(input) || input.length === 0 || input.length > MAX_LIST) {
    return refuse(parsing, place.path, `expected a list of 1 to ${MAX_LIST} filters`);
  }
  const parts: Filter[] = [];
  for (const [index, element] of input.entries()) {
    if (tooMany(parsing)) break;
    parts.push(parseObject(parsing, element, deeper({ ...place, path: `${place.path}[${index}]` })));
  }
  if (operator === '$and') return allOf(parts);
  const any: Filter = { kind: 'any', parts };
  return operator === '$or' ? any : { kind: 'not', part: any };
}

function parseField(parsing: Parsing, key: string, value: JsonValue, place: Place): Filter {
  const fault = pathFault(key);
  if (fault !== undefined) return refuse(parsing, place.path, fault);
  const names = key.split('.');
  return isJsonObject(value) && hasOperator(value)
    ? parseOperators(parsing, names, value, place, parseElementFilter)
    : parseIn(parsing, names, [value], place);
}

/** The filter inside `$elemMatch`; only objects are looked at. */
function parseElementFilter(parsing: Parsing, input: JsonObject, place: Place): Filter {
  const isObject: Filter = { kind: 'type', path: [], types: ['object'] };
  return { kind: 'all', parts: [isObject, parseObject(parsing, input, place)] };
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

function freezeDeep<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) freezeDeep(child);
  }
  return value;
}
