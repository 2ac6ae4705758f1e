import { type JsonValue, unreachable } from '../base/index.ts';
import type { FieldPath, Filter, JsonScalar, ValueType } from './filter.ts';
import { allPredicate, anyPredicate, quoteText, type Sought, somePredicate } from './json-path.ts';

/** Adds a value to the variables of the jsonpath. @returns its name there, such as `$v3`. */
export type BindValue = (value: JsonValue) => string;

/** What there is of int8: MongoDB takes no remainder of what lies outside. */
const LONG_RANGE = ['-9223372036854775808', '9223372036854775807'] as const;
const INT_RANGE = ['-2147483648', '2147483647'] as const;

/**
 * A jsonpath predicate about `@`, an object (an element of any type for empty paths). It is never unknown, so that `!`
 * negates it: jsonpath finds a comparison of two types unknown, hence each type is checked before a value is compared.
 */
export function printPredicate(filter: Filter, bind: BindValue): string {
  switch (filter.kind) {
    case 'all':
      return allPredicate(filter.parts.map((part) => printPredicate(part, bind)));
    case 'any':
      return anyPredicate(filter.parts.map((part) => printPredicate(part, bind)));
    case 'not':
      return `!(${printPredicate(filter.part, bind)})`;
    default:
      return somePredicate(filter.path, soughtBy(filter, bind));
  }
}

type Condition = Extract<Filter, { readonly path: FieldPath }>;

function soughtBy(condition: Condition, bind: BindValue): Sought {
  switch (condition.kind) {
    case 'in':
      return soughtByIn(condition, bind);
    case 'exists':
      return { check: (value) => `exists(${value})`, arrays: 'whole', orMissing: false };
    case 'compare': {
      const operand = bind(condition.value);
      return ofElements((value) =>
        isOf(typeof condition.value, value, `${value} ${condition.operator} ${operand}`),
      );
    }
    case 'type': {
      const arrays = condition.types.includes('array') ? 'both' : 'elements';
      const check = (value: string): string =>
        anyPredicate(condition.types.map((type) => isOfType(type, value)));
      return { check, arrays, orMissing: false };
    }
    case 'size': {
      const size = bind(condition.size);
      const check = (value: string): string => isOf('array', value, `${value}.size() == ${size}`);
      return { check, arrays: 'whole', orMissing: false };
    }
    case 'mod':
      return ofElements(printMod(bind(condition.divisor), bind(condition.remainder)));
    case 'regex': {
      const match = `like_regex ${quoteText(condition.pattern)} flag "${condition.multiline ? 'ms' : 's'}"`;
      return ofElements((value) => isOf('string', value, `${value} ${match}`));
    }
    case 'element': {
      const part = printPredicate(condition.part, bind);
      const check = (value: string): string => isOf('array', value, `exists(${value} ? (${part}))`);
      return { check, arrays: 'whole', orMissing: false };
    }
    default:
      return unreachable(condition);
  }
}

/** The check is false for arrays. */
function ofElements(check: Sought['check']): Sought {
  return { check, arrays: 'elements', orMissing: false };
}

function isOf(type: string, value: string, check: string): string {
  return `(${value}.type() == "${type}" && ${check})`;
}

/** jsonpath rounds down and up but not towards zero, as MongoDB does with fractions. */
function printMod(divisor: string, remainder: string): Sought['check'] {
  const [least, most] = LONG_RANGE;
  return (value) => {
    const inRange = `${value} >= ${least} && ${value} <= ${most}`;
    const above = `(${value} >= 0 && ${value}.floor() % ${divisor} == ${remainder})`;
    const below = `(${value} < 0 && ${value}.ceiling() % ${divisor} == ${remainder})`;
    return isOf('number', value, `${inRange} && (${above} || ${below})`);
  };
}

function isOfType(type: ValueType, value: string): string {
  const within = ([least, most]: readonly [string, string]): string =>
    `(${value} == ${value}.floor() && ${value} >= ${least} && ${value} <= ${most})`;
  switch (type) {
    case 'int':
      return isOf('number', value, within(INT_RANGE));
    case 'long':
      return isOf('number', value, `${within(LONG_RANGE)} && !${within(INT_RANGE)}`);
    case 'double':
      return isOf('number', value, `!${within(LONG_RANGE)}`);
    default:
      return `${value}.type() == "${type}"`;
  }
}

function soughtByIn(condition: Extract<Filter, { kind: 'in' }>, bind: BindValue): Sought {
  const { scalars, documents } = condition;
  const types = (['number', 'string', 'boolean'] as const).flatMap((type) => {
    const values: JsonScalar[] = scalars.filter((scalar) => typeof scalar === type);
    return values.length === 0 ? [] : [{ type, name: bind(values) }];
  });
  const checks: Sought['check'][] = types.map(
    ({ type, name }) =>
      (value) =>
        isOf(type, value, `${value} == ${name}[*]`),
  );
  if (scalars.includes(null)) checks.push((value) => `${value}.type() == "null"`);
  for (const document of documents) checks.push(equalTo(document, bind));
  return {
    check: (value) => anyPredicate(checks.map((check) => check(value))),
    arrays: documents.some(Array.isArray) ? 'both' : 'elements',
    orMissing: scalars.includes(null),
  };
}

/** jsonpath cannot compare arrays and objects, so they are compared part by part. */
function equalTo(wanted: JsonValue, bind: BindValue): Sought['check'] {
  if (wanted === null) return (value) => `${value}.type() == "null"`;
  if (typeof wanted !== 'object') {
    const name = bind(wanted);
    return (value) => isOf(typeof wanted, value, `${value} == ${name}`);
  }
  if (Array.isArray(wanted)) {
    const checks = wanted.map((element) => equalTo(element, bind));
    return (value) => {
      const elements = checks.map((check, index) => check(`${value}[${index}]`));
      return isOf('array', value, [`${value}.size() == ${wanted.length}`, ...elements].join(' && '));
    };
  }
  const members = Object.entries(wanted).map(([key, child]) => ({ key, check: equalTo(child, bind) }));
  const keys = bind(Object.keys(wanted));
  return (value) => {
    const noOther = `!exists(${value}.keyvalue() ? (!(@.key == ${keys}[*])))`;
    const equal = members.map(({ key, check }) => check(`${value}.${quoteText(key)}`));
    return isOf('object', value, [noOther, ...equal].join(' && '));
  };
}
