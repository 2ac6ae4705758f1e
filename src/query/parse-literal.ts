import { isDeeperThan, isJsonObject, type JsonObject, type JsonValue, storageFault } from '../base/index.ts';
import type { Comparison, FieldPath, Filter, JsonScalar } from './filter.ts';
import { countIndexes } from './json-path.ts';
import { isDateLiteral, parseDate } from './parse-date.ts';
import { addError, MAX_DEPTH, MAX_LIST, type Parsing, type Place, refuse } from './parsing.ts';

const DATE_FAULT =
  'expected {"$date": …} with ISO 8601 text or milliseconds since 1970, in the years 1 to 9999';

/** @param inList whether a fault names the element of a list in the input. */
export function parseIn(
  parsing: Parsing,
  names: FieldPath,
  values: readonly JsonValue[],
  place: Place,
  inList = false,
): Filter {
  parsing.conditions += place.weight;
  const scalars: JsonScalar[] = [];
  const documents: (JsonValue[] | JsonObject)[] = [];
  const partWeight = place.weight * 2 ** countIndexes(names);
  for (const [index, value] of values.entries()) {
    const fault = literalFault(value);
    if (fault !== undefined) addError(parsing, inList ? `${place.path}[${index}]` : place.path, fault);
    else if (isDateLiteral(value)) scalars.push(...storedForms(value));
    else {
      const count = (): void => {
        parsing.parts += partWeight;
      };
      if (typeof value !== 'object' || value === null) scalars.push(value);
      else if (Array.isArray(value)) documents.push(value.map((element) => copyValue(element, count)));
      else documents.push(copyMembers(value, count));
    }
  }
  return { kind: 'in', path: names, scalars, documents };
}

/** A comparison of one type: MongoDB never finds a text less than a number. */
export function parseComparison(
  parsing: Parsing,
  names: FieldPath,
  operator: Comparison,
  value: JsonValue,
  place: Place,
): Filter {
  const isDate = isDateLiteral(value);
  if (typeof value === 'object' && value !== null && !isDate) {
    return refuse(parsing, place.path, 'expected a number, a text, true, false, null or {"$date": …}');
  }
  const fault = literalFault(value);
  if (fault !== undefined) return refuse(parsing, place.path, fault);
  parsing.conditions += place.weight;
  if (value === null) {
    // Null is neither less nor greater than itself, but equal.
    return operator === '>=' || operator === '<='
      ? { kind: 'in', path: names, scalars: [null], documents: [] }
      : { kind: 'any', parts: [] };
  }
  if (!isDate && typeof value !== 'object') return { kind: 'compare', path: names, operator, value };
  const stored = parseDate(value);
  if (stored === undefined) return refuse(parsing, place.path, DATE_FAULT);
  // Of the two texts for a midnight the shorter is the lesser, so one of them parts what is before from what is not.
  const bound = operator === '>=' || operator === '<' ? (stored.date ?? stored.datetime) : stored.datetime;
  return { kind: 'compare', path: names, operator, value: bound };
}

/** Midnight is stored in two ways. */
function storedForms(value: JsonValue): string[] {
  const stored = parseDate(value);
  return stored === undefined ? [] : [stored.datetime, ...(stored.date === undefined ? [] : [stored.date])];
}

/** A copy without `$date`. There the form decides: written without a time, it is the text of a date. */
function copyValue(value: JsonValue, count: () => void): JsonValue {
  count();
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => copyValue(element, count));
  const stored = isDateLiteral(value) ? parseDate(value) : undefined;
  if (stored !== undefined) return stored.isDateOnly ? stored.datetime.slice(0, 10) : stored.datetime;
  return copyMembers(value, count);
}

function copyMembers(value: JsonObject, count: () => void): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, copyValue(child, count)]));
}

/** Why the value cannot be compared with: what cannot be stored cannot be asked for either. */
function literalFault(value: JsonValue): string | undefined {
  if (isDeeperThan(value, MAX_DEPTH)) return `the value is nested deeper than ${MAX_DEPTH} levels`;
  return storageFault(value, 'the value') ?? partFault(value);
}

function partFault(value: JsonValue): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) return 'expected a number of at most 1.8e308';
  if (typeof value !== 'object' || value === null) return undefined;
  if (isDateLiteral(value)) return parseDate(value) === undefined ? DATE_FAULT : undefined;
  const isObject = isJsonObject(value);
  const children = isObject ? Object.values(value) : value;
  if (children.length > MAX_LIST) return `expected lists of at most ${MAX_LIST} values`;
  const operator = isObject ? Object.keys(value).find((key) => key.startsWith('$')) : undefined;
  if (operator !== undefined) return 'found an operator inside of a value; write the path to it with dots';
  for (const child of children) {
    const fault = partFault(child);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
