import type { FieldPath } from './filter.ts';

/** What a path is looked along for. Every text is a jsonpath predicate that is true or false, never unknown. */
export interface Sought {
  /** Whether the value that the expression stands for will do; the expression may yield nothing. */
  readonly check: (expression: string) => string;
  /** What of an array at the end of the path is checked. */
  readonly arrays: 'whole' | 'elements' | 'both';
  /** Whether a field that is not there will do. */
  readonly orMissing: boolean;
}

/** Nine digits always fit the int4 of a jsonpath index; MongoDB too takes `01` for a key only. */
const INDEX = /^(0|[1-9]\d{0,8})$/;

/** Names that make the path fork: each may be an index or a key. The first name is a key, since a document is an object. */
export function countIndexes(path: FieldPath): number {
  return path.slice(1).filter((name) => INDEX.test(name)).length;
}

export function endsWithIndex(path: FieldPath): boolean {
  return path.length > 1 && INDEX.test(path.at(-1) ?? '');
}

/**
 * JSON's escapes are a subset of those of a jsonpath string, and this text travels as a bound parameter, so a string can
 * neither leave its quotes nor reach the SQL. NUL and half surrogates were refused by the parser.
 */
export function quoteText(text: string): string {
  return JSON.stringify(text);
}

export function anyPredicate(predicates: readonly string[]): string {
  if (predicates.length === 0) return '(1 == 0)';
  return predicates.length === 1 ? predicates.join('') : `(${predicates.join(' || ')})`;
}

export function allPredicate(predicates: readonly string[]): string {
  if (predicates.length === 0) return '(1 == 1)';
  return predicates.length === 1 ? predicates.join('') : `(${predicates.join(' && ')})`;
}

/**
 * A predicate about `@`: there is something at the path that is sought. `@` is an object, or anything when the path is
 * empty. Lax mode opens one level of arrays before a filter (`?`) and before nothing else that is printed here: `.type()`
 * never opens, and members and indexes are taken only of what was found to be an object or an array. That is MongoDB's
 * own walk: into objects, into the objects in arrays, and not into arrays in arrays.
 */
export function somePredicate(path: FieldPath, sought: Sought): string {
  const [name, ...rest] = path;
  if (name === undefined) return sought.check('@');
  const member = `@.${quoteText(name)}`;
  const found = rest.length === 0 ? checkEnd(member, sought) : walkOn(member, rest, sought);
  if (sought.orMissing) {
    found.push(`!exists(${member})`);
    if (rest.length > 0) found.push(`(${member}.type() != "object" && ${member}.type() != "array")`);
  }
  return anyPredicate(found);
}

function checkEnd(member: string, sought: Sought): string[] {
  if (sought.arrays === 'whole') return [sought.check(member)];
  const opened = `exists(${member} ? (${sought.check('@')}))`;
  return sought.arrays === 'elements' ? [opened] : [opened, sought.check(member)];
}

/** From a value to the objects that it is or holds, and by an index into the array that it is. */
function walkOn(value: string, path: FieldPath, sought: Sought): string[] {
  const [name = '', ...rest] = path;
  const found = [`exists(${value} ? (@.type() == "object" && ${somePredicate(path, sought)}))`];
  if (INDEX.test(name)) {
    const element = `${value}[${name}]`;
    // An array that is itself the indexed element is not opened.
    const inElement =
      rest.length === 0
        ? `exists(${element}) && ${sought.check(element)}`
        : anyPredicate(walkOn(element, rest, sought));
    found.push(`(${value}.type() == "array" && ${inElement})`);
  }
  return found;
}
