import type { FieldPath } from './filter.ts';

/**
 * One way to read a dotted path: keys, each with the array indexes that follow it. `a.0.b` is read as `a[0].b` and as
 * `a."0".b`.
 */
interface Step {
  readonly key: string;
  readonly indexes: readonly number[];
}

/** `@` stands for one value: lax mode opens one level of arrays before a filter, an inner array stays an array. */
const IS_OBJECT = '@.type() == "object"';

/**
 * JSON's escapes are a subset of those of a jsonpath string, and this text travels as a bound parameter, so a key can
 * neither leave its quotes nor reach the SQL. Keys with NUL or half surrogates were refused by the parser.
 */
function quoteKey(key: string): string {
  return JSON.stringify(key);
}

/** Every reading of the path. The first name is always a key, since a document is an object. */
function readingsOf(path: FieldPath): Step[][] {
  let readings: Step[][] = [[]];
  for (const [position, name] of path.entries()) {
    const keyed = readings.map((steps) => [...steps, { key: name, indexes: [] }]);
    // Nine digits always fit the int4 of a jsonpath index; MongoDB too takes `01` for a key only.
    const isIndex = position > 0 && /^(0|[1-9]\d{0,8})$/.test(name);
    readings = isIndex ? [...keyed, ...readings.map((steps) => addIndex(steps, Number(name)))] : keyed;
  }
  return readings;
}

function addIndex(steps: readonly Step[], index: number): Step[] {
  const last = steps.at(-1);
  return last === undefined ? [] : [...steps.slice(0, -1), { ...last, indexes: [...last.indexes, index] }];
}

/** An index is taken only of arrays: lax mode would read `[0]` of a scalar as the scalar itself. */
function printStep(step: Step): string {
  const member = `.${quoteKey(step.key)}`;
  if (step.indexes.length === 0) return member;
  const checks = [IS_OBJECT];
  let reached = `@${member}`;
  for (const index of step.indexes) {
    checks.push(`${reached}.type() == "array"`);
    reached += `[${index}]`;
  }
  return ` ? (${checks.join(' && ')})${reached.slice(1)}`;
}

function printSteps(steps: readonly Step[]): string {
  return `$${steps.map(printStep).join('')}`;
}

/** jsonpath texts that together yield every value at the path, arrays unopened. */
export function reachedPaths(path: FieldPath): string[] {
  return readingsOf(path).map(printSteps);
}

/**
 * A jsonpath predicate for "there is a value, or an element of an array at the path, for which `check` holds";
 * `check` is about `@` and must be false for arrays.
 */
export function somePredicate(path: FieldPath, check: string): string {
  return anyPredicate(reachedPaths(path).map((reached) => `exists(${reached} ? (${check}))`));
}

export function existsPredicate(path: FieldPath): string {
  return anyPredicate(reachedPaths(path).map((reached) => `exists(${reached})`));
}

/**
 * What `null` means besides null itself. Without indexes: some object on the way lacks the next name, or holds a
 * scalar where the path goes on; elements of arrays that are not objects are passed over, as in MongoDB. With an
 * index: nothing is there in any reading.
 */
export function missingPredicate(path: FieldPath): string {
  const readings = readingsOf(path);
  if (readings.length > 1) return `!(${existsPredicate(path)})`;
  const checks = path.map((name, position) => {
    const next = `@.${quoteKey(name)}`;
    const lacks = `!exists(${next})`;
    const isEnd = `(${next}.type() != "object" && ${next}.type() != "array")`;
    const fault = position === path.length - 1 ? lacks : `(${lacks} || ${isEnd})`;
    return `exists($${path
      .slice(0, position)
      .map((before) => `.${quoteKey(before)}`)
      .join('')} ? (${IS_OBJECT} && ${fault}))`;
  });
  return anyPredicate(checks);
}

export function anyPredicate(predicates: readonly string[]): string {
  return predicates.length === 1 ? predicates.join('') : `(${predicates.join(' || ')})`;
}
