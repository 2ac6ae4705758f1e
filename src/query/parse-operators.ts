import { isJsonObject, type JsonObject, type JsonValue, ownValue } from '../base/index.ts';
import type { FieldPath, Filter, ValueType } from './filter.ts';
import { countIndexes } from './json-path.ts';
import { parseComparison, parseIn } from './parse-literal.ts';
import { parsePattern } from './parse-pattern.ts';
import {
  allOf,
  at,
  deeper,
  hasOperator,
  MAX_DEPTH,
  MAX_LIST,
  type Parsing,
  type Place,
  refuse,
  tooMany,
} from './parsing.ts';

const comparisons = { $gt: '>', $gte: '>=', $lt: '<', $lte: '<=' } as const;
const fieldOperators =
  '$eq, $ne, $in, $nin, $exists, $type, $gt, $gte, $lt, $lte, $mod, $regex, $options, $all, $elemMatch, $size, $not';

/** MongoDB's names and numbers of the types that JSON has. */
const typeNames = new Map<JsonValue, ValueType>([
  ['double', 'double'],
  [1, 'double'],
  ['string', 'string'],
  [2, 'string'],
  ['object', 'object'],
  [3, 'object'],
  ['array', 'array'],
  [4, 'array'],
  ['bool', 'boolean'],
  [8, 'boolean'],
  ['null', 'null'],
  [10, 'null'],
  ['int', 'int'],
  [16, 'int'],
  ['long', 'long'],
  [18, 'long'],
  ['number', 'number'],
]);

type ParseElementFilter = (parsing: Parsing, input: JsonObject, place: Place) => Filter;

/** What the operators of one object share. */
interface Field {
  readonly parsing: Parsing;
  readonly names: FieldPath;
  /** The whole object, for `$options`. */
  readonly operators: JsonObject;
  readonly parseElementFilter: ParseElementFilter;
}

/**
 * `{$gt: 1, $lt: 5}`: every operator must hold; in an array, each may be met by another element, as in MongoDB.
 * @param parseElementFilter for the filter inside `$elemMatch`.
 */
export function parseOperators(
  parsing: Parsing,
  names: FieldPath,
  input: JsonObject,
  place: Place,
  parseElementFilter: ParseElementFilter,
): Filter {
  if (place.depth > MAX_DEPTH) return refuse(parsing, place.path, `nested deeper than ${MAX_DEPTH} levels`);
  const field: Field = { parsing, names, operators: input, parseElementFilter };
  const parts: Filter[] = [];
  for (const [operator, value] of Object.entries(input)) {
    if (tooMany(parsing)) break;
    // Read with its `$regex`.
    if (operator === '$options' && Object.hasOwn(input, '$regex')) continue;
    parts.push(parseOperator(field, operator, value, at(place, operator)));
  }
  return allOf(parts);
}

function parseOperator(field: Field, operator: string, value: JsonValue, place: Place): Filter {
  const { parsing, names } = field;
  switch (operator) {
    case '$eq':
      return parseIn(parsing, names, [value], place);
    case '$ne':
      return { kind: 'not', part: parseIn(parsing, names, [value], place) };
    case '$in':
      return parseList(field, value, place);
    case '$nin':
      return { kind: 'not', part: parseList(field, value, place) };
    case '$exists': {
      if (typeof value !== 'boolean') return refuse(parsing, place.path, 'expected true or false');
      const exists = condition(field, place, { kind: 'exists', path: names });
      return value ? exists : { kind: 'not', part: exists };
    }
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return parseComparison(parsing, names, comparisons[operator], value, place);
    case '$type':
      return parseType(field, value, place);
    case '$size': {
      if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
        return refuse(parsing, place.path, 'expected a whole number of at least 0');
      }
      return condition(field, place, { kind: 'size', path: names, size: value });
    }
    case '$mod':
      return parseMod(field, value, place);
    case '$regex':
      return parseRegex(field, value, place);
    case '$all':
      return parseAll(field, value, place);
    case '$elemMatch':
      return parseElementMatch(field, value, place);
    case '$not':
      return parseNot(field, value, place);
    case '$options':
      return refuse(parsing, place.path, 'expected $regex beside it');
    default:
      return refuse(parsing, place.path, unknownMessage(operator));
  }
}

function unknownMessage(operator: string): string {
  return operator.startsWith('$')
    ? `unknown operator, expected one of ${fieldOperators}`
    : 'found a field beside operators, expected operators only or a document only';
}

/** Counts a condition. */
function condition(field: Field, place: Place, filter: Filter): Filter {
  field.parsing.conditions += place.weight;
  return filter;
}

function parseList(field: Field, input: JsonValue, place: Place): Filter {
  if (!Array.isArray(input) || input.length > MAX_LIST) {
    return refuse(field.parsing, place.path, `expected a list of at most ${MAX_LIST} values`);
  }
  return parseIn(field.parsing, field.names, input, place, true);
}

function parseNot(field: Field, value: JsonValue, place: Place): Filter {
  const { parsing, names, parseElementFilter } = field;
  if (!isJsonObject(value) || !hasOperator(value)) {
    return refuse(parsing, place.path, 'expected an object of operators, such as {"$gt": 5}');
  }
  const part = parseOperators(parsing, names, value, deeper(place), parseElementFilter);
  return { kind: 'not', part };
}

function parseType(field: Field, value: JsonValue, place: Place): Filter {
  const { parsing, names } = field;
  const asked = Array.isArray(value) ? value : [value];
  if (asked.length === 0 || asked.length > MAX_LIST) {
    return refuse(parsing, place.path, `expected a type or a list of 1 to ${MAX_LIST} types`);
  }
  const types = new Set<ValueType>();
  for (const [index, name] of asked.entries()) {
    const type = typeNames.get(name);
    if (type === undefined) {
      const known = [...typeNames.keys()].join(', ');
      const path = Array.isArray(value) ? `${place.path}[${index}]` : place.path;
      return refuse(parsing, path, `expected a type of JSON: ${known}; dates are texts`);
    }
    types.add(type);
  }
  return condition(field, place, { kind: 'type', path: names, types: [...types] });
}

function parseMod(field: Field, value: JsonValue, place: Place): Filter {
  const { parsing, names } = field;
  const [divisor, remainder, ...more] = Array.isArray(value) ? value : [];
  if (!isWhole(divisor) || !isWhole(remainder) || more.length > 0 || divisor === 0) {
    const message = 'expected [divisor, remainder], whole numbers of at most 2^53, the divisor not 0';
    return refuse(parsing, place.path, message);
  }
  return condition(field, place, { kind: 'mod', path: names, divisor, remainder });
}

function isWhole(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}

function parseRegex(field: Field, value: JsonValue, place: Place): Filter {
  const { parsing, names } = field;
  if (typeof value !== 'string') return refuse(parsing, place.path, 'expected a pattern as text');
  const options = ownValue(field.operators, '$options') ?? '';
  if (typeof options !== 'string') return refuse(parsing, place.path, 'expected $options as text');
  const parsed = parsePattern(value, options);
  if (!parsed.ok) return refuse(parsing, place.path, parsed.error);
  const { text, multiline, size, skippable } = parsed.value;
  parsing.patterns += 1;
  parsing.patternSize += size;
  parsing.patternSkippable += skippable;
  return condition(field, place, { kind: 'regex', path: names, pattern: text, multiline });
}

/** A list of values that must all be there, or of `{"$elemMatch": …}`; nothing meets an empty one. */
function parseAll(field: Field, value: JsonValue, place: Place): Filter {
  const { parsing, names } = field;
  if (!Array.isArray(value) || value.length > MAX_LIST) {
    return refuse(parsing, place.path, `expected a list of at most ${MAX_LIST} values`);
  }
  if (value.length === 0) return condition(field, place, { kind: 'any', parts: [] });
  const isMatch = (element: JsonValue): boolean =>
    isJsonObject(element) && Object.hasOwn(element, '$elemMatch');
  const areMatches = value.some(isMatch);
  const parts: Filter[] = [];
  for (const [index, element] of value.entries()) {
    if (tooMany(parsing)) break;
    const inside: Place = { ...place, path: `${place.path}[${index}]` };
    if (!areMatches) parts.push(parseIn(parsing, names, [element], inside));
    else if (isJsonObject(element) && isMatch(element) && Object.keys(element).length === 1) {
      parts.push(parseElementMatch(field, element['$elemMatch'] ?? null, at(inside, '$elemMatch')));
    } else parts.push(refuse(parsing, inside.path, 'expected {"$elemMatch": …}, as the others are'));
  }
  return allOf(parts);
}

/** Of operators, which then are about the element, or of a filter, which is about an object. */
function parseElementMatch(field: Field, value: JsonValue, place: Place): Filter {
  const { parsing, names, parseElementFilter } = field;
  if (!isJsonObject(value)) {
    return refuse(parsing, place.path, 'expected an object of operators, or of fields and conditions');
  }
  const inside: Place = { ...deeper(place), weight: place.weight * 2 ** countIndexes(names) };
  const [first = ''] = Object.keys(value);
  const isFilter = !first.startsWith('$') || ['$and', '$or', '$nor', '$comment'].includes(first);
  const part = isFilter
    ? parseElementFilter(parsing, value, inside)
    : parseOperators(parsing, [], value, inside, parseElementFilter);
  return { kind: 'element', path: names, part };
}
