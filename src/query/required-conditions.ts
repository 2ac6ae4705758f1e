import type { Comparison, FieldPath, Filter } from './filter.ts';
import { endsWithIndex } from './json-path.ts';

/**
 * What every document that meets a filter meets too, for the use of an index: at the path, or in an array on it, is one
 * of `values`, or a value of the same type that compares so.
 */
export type RequiredCondition =
  | { readonly path: FieldPath; readonly values: readonly (boolean | number | string)[] }
  | { readonly path: FieldPath; readonly operator: Comparison; readonly value: boolean | number | string };

type RequiredValues = Extract<RequiredCondition, { values: unknown }>;

/**
 * Conditions at the root, joined by `$and`, or inside `$elemMatch` (then with the path from the root, where that path
 * leads there). An `$or` whose every branch asks the same path for values counts as one list of them. Lists with null,
 * lists or objects are left out: null is also a missing field, of which an index may know nothing. What the filter says
 * beyond these conditions remains to be checked.
 */
export function requiredConditions(filter: Filter): RequiredCondition[] {
  switch (filter.kind) {
    case 'all':
      return filter.parts.flatMap(requiredConditions);
    case 'any':
      return mergeBranches(filter.parts.map(requiredConditions));
    case 'in': {
      const { path, scalars, documents } = filter;
      const values = scalars.filter((scalar) => scalar !== null);
      return documents.length > 0 || values.length < scalars.length ? [] : [{ path, values }];
    }
    case 'compare': {
      const { path, operator, value } = filter;
      return [{ path, operator, value }];
    }
    case 'element':
      return requiredOfElement(filter.path, filter.part);
    default:
      return [];
  }
}

/** A path does not go on into an array in an array, nor open one that an index names, so what is in such is left out. */
function requiredOfElement(path: FieldPath, part: Filter): RequiredCondition[] {
  if (path.length === 0) return [];
  const isOpened = !endsWithIndex(path);
  return requiredConditions(part)
    .filter((inner) => inner.path.length > 0 || isOpened)
    .map((inner) => ({ ...inner, path: [...path, ...inner.path] }));
}

function samePath(left: FieldPath, right: FieldPath): boolean {
  return left.length === right.length && left.every((name, index) => name === right[index]);
}

function mergeBranches(branches: readonly RequiredCondition[][]): RequiredValues[] {
  const lists = branches.map((branch) => branch.filter((condition) => 'values' in condition));
  const [first, ...others] = lists;
  if (first === undefined) return [];
  const merged: RequiredValues[] = [];
  for (const { path, values } of first) {
    const matching = others.map((list) => list.find((other) => samePath(other.path, path)));
    const found = matching.filter((other) => other !== undefined);
    if (found.length < others.length || merged.some((other) => samePath(other.path, path))) continue;
    merged.push({ path, values: [...new Set([...values, ...found.flatMap((other) => other.values)])] });
  }
  return merged;
}

/** The first names of all paths: whether the filter asks for `subscriptions`, say, which is stored elsewhere. */
export function firstNames(filter: Filter): ReadonlySet<string> {
  const names = new Set<string>();
  collectFirstNames(filter, names);
  return names;
}

function collectFirstNames(filter: Filter, names: Set<string>): void {
  switch (filter.kind) {
    case 'all':
    case 'any':
      for (const part of filter.parts) collectFirstNames(part, names);
      return;
    case 'not':
      collectFirstNames(filter.part, names);
      return;
    default: {
      const [name] = filter.path;
      if (name !== undefined) names.add(name);
    }
  }
}
