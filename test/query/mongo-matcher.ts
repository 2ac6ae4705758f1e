import { isJsonObject, type JsonObject, type JsonValue, sameJson } from '../../src/base/index.ts';

/**
 * What MongoDB's own matcher does, in plain loops, as its source has it: mingo departs from it in many places. Takes
 * filters that the parser takes; reads no dates; patterns as JavaScript reads them.
 */
export function matchesAsMongo(document: JsonObject, filter: JsonObject): boolean {
  return Object.entries(filter).every(([key, value]) => {
    if (key === '$and') return filtersIn(value).every((part) => matchesAsMongo(document, part));
    if (key === '$or') return filtersIn(value).some((part) => matchesAsMongo(document, part));
    if (key === '$nor') return !filtersIn(value).some((part) => matchesAsMongo(document, part));
    if (key === '$comment') return true;
    const names = key.split('.');
    return meetsCondition((arrays) => [...reach(document, names, arrays)], value);
  });
}

type Reached = JsonValue | undefined;
/** The values at a path; undefined is a missing field. */
type ReachValues = (arrays: 'open' | 'whole') => Reached[];

function filtersIn(value: JsonValue): JsonObject[] {
  return Array.isArray(value) ? value.filter((part) => isJsonObject(part)) : [];
}

function* reach(from: JsonObject, names: readonly string[], arrays: 'open' | 'whole'): Generator<Reached> {
  let current: Reached = from;
  for (const [index, name] of names.entries()) {
    if (!isJsonObject(current)) break;
    current = Object.hasOwn(current, name) ? current[name] : undefined;
    if (Array.isArray(current)) {
      yield* reachInArray(current, names.slice(index + 1), arrays);
      return;
    }
    if (current === undefined) break;
    if (index === names.length - 1) {
      yield current;
      return;
    }
  }
  yield undefined;
}

function* reachInArray(
  array: JsonValue[],
  rest: readonly string[],
  arrays: 'open' | 'whole',
): Generator<Reached> {
  const [name, ...after] = rest;
  if (name === undefined) {
    if (arrays === 'open') yield* array;
    yield array;
    return;
  }
  for (const [index, element] of array.entries()) {
    const isIndexed = name === String(index);
    if (isJsonObject(element)) yield* reach(element, rest, arrays);
    if (!isIndexed) continue;
    if (after.length === 0) yield element;
    else if (isJsonObject(element)) yield* reach(element, after, arrays);
    else if (Array.isArray(element)) yield* reachInArray(element, after, arrays);
  }
}

function isOperators(value: JsonValue | undefined): value is JsonObject {
  return isJsonObject(value) && Object.keys(value).some((key) => key.startsWith('$'));
}

function meetsCondition(reached: ReachValues, condition: JsonValue): boolean {
  const operators = isOperators(condition) ? condition : { $eq: condition };
  return Object.entries(operators).every(([operator, operand]) => {
    const options = operators['$options'];
    return meetsOperator(reached, operator, operand, typeof options === 'string' ? options : '');
  });
}

function meetsOperator(reached: ReachValues, operator: string, operand: JsonValue, options: string): boolean {
  const list = Array.isArray(operand) ? operand : [];
  const some = (check: (value: Reached) => boolean): boolean => reached('open').some(check);
  switch (operator) {
    case '$eq':
      return some((value) => equal(value, operand));
    case '$ne':
      return !some((value) => equal(value, operand));
    case '$in':
      return some((value) => list.some((wanted) => equal(value, wanted)));
    case '$nin':
      return !some((value) => list.some((wanted) => equal(value, wanted)));
    case '$exists':
      return some((value) => value !== undefined) === operand;
    case '$not':
      return !meetsCondition(reached, operand);
    case '$all':
      return (
        list.length > 0 &&
        list.every((wanted) => meetsCondition(reached, isOperators(wanted) ? wanted : { $eq: wanted }))
      );
    case '$type': {
      const types = Array.isArray(operand) ? operand : [operand];
      return some((value) => value !== undefined && types.some((type) => isOfType(value, type)));
    }
    case '$size':
      return reached('whole').some((value) => Array.isArray(value) && value.length === operand);
    case '$elemMatch':
      return reached('whole').some(
        (value) => Array.isArray(value) && value.some((element) => elementMatches(element, operand)),
      );
    case '$regex': {
      const pattern = new RegExp(String(operand), `u${options}`);
      return some((value) => typeof value === 'string' && pattern.test(value));
    }
    case '$mod': {
      const [divisor, remainder] = list;
      return some(
        (value) =>
          typeof value === 'number' &&
          isLong(value) &&
          Math.trunc(value) % Number(divisor) === Number(remainder),
      );
    }
    case '$options':
      return true;
    default:
      return some((value) => compares(value, operator, operand));
  }
}

function elementMatches(element: JsonValue, operand: JsonValue): boolean {
  const [first = ''] = isJsonObject(operand) ? Object.keys(operand) : [];
  if (first.startsWith('$') && !['$and', '$or', '$nor'].includes(first)) {
    return meetsCondition(() => [element], operand);
  }
  return isJsonObject(element) && isJsonObject(operand) && matchesAsMongo(element, operand);
}

function equal(value: Reached, wanted: JsonValue): boolean {
  return value === undefined ? wanted === null : sameJson(value, wanted);
}

function compares(value: Reached, operator: string, operand: JsonValue): boolean {
  if (operand === null) return (operator === '$gte' || operator === '$lte') && (value ?? null) === null;
  if (value === undefined || value === null || typeof value !== typeof operand) return false;
  switch (operator) {
    case '$gt':
      return value > operand;
    case '$gte':
      return value >= operand;
    case '$lt':
      return value < operand;
    default:
      return value <= operand;
  }
}

function isLong(value: number): boolean {
  return Math.abs(value) < 2 ** 63;
}

function isOfType(value: JsonValue, type: JsonValue): boolean {
  if (value === null) return type === 'null' || type === 10;
  if (Array.isArray(value)) return type === 'array' || type === 4;
  if (typeof value === 'string') return type === 'string' || type === 2;
  if (typeof value === 'boolean') return type === 'bool' || type === 8;
  if (typeof value === 'object') return type === 'object' || type === 3;
  if (type === 'number') return true;
  if (!Number.isInteger(value) || !isLong(value)) return type === 'double' || type === 1;
  return Math.abs(value) < 2 ** 31 ? type === 'int' || type === 16 : type === 'long' || type === 18;
}
