import { type RawBuilder, sql } from 'kysely';
import { unreachable } from '../base/index.ts';
import type { Filter } from './filter.ts';
import { anyPredicate, existsPredicate, missingPredicate, reachedPaths, somePredicate } from './json-path.ts';

/**
 * A condition that is true or false, never null, for the jsonb expression `doc`; SQL null is taken for `{}`. Only
 * parameters carry what came from outside. `doc` is printed once a condition, so it should be a column or cheap.
 */
export function filterSql(filter: Filter, doc: RawBuilder<unknown>): RawBuilder<boolean> {
  return print(filter, sql`coalesce(${doc}, '{}'::jsonb)`);
}

function print(filter: Filter, doc: RawBuilder<unknown>): RawBuilder<boolean> {
  switch (filter.kind) {
    case 'all':
      return filter.parts.length === 0 ? sql`true` : join(filter.parts, doc, sql` and `);
    case 'any':
      return filter.parts.length === 0 ? sql`false` : join(filter.parts, doc, sql` or `);
    case 'not':
      return sql`(not ${print(filter.part, doc)})`;
    case 'exists':
      return test(doc, existsPredicate(filter.path), null);
    case 'compare': {
      // The type is checked first: comparing values of two types is "unknown", not false.
      const check = `@.type() == "${typeof filter.value}" && @ ${filter.operator} $v`;
      return test(doc, somePredicate(filter.path, check), filter.value);
    }
    case 'in':
      return printIn(filter, doc);
    default:
      return unreachable(filter);
  }
}

function join(
  parts: readonly Filter[],
  doc: RawBuilder<unknown>,
  separator: RawBuilder<unknown>,
): RawBuilder<boolean> {
  const printed = parts.map((part) => print(part, doc));
  return sql`(${sql.join(printed, separator)})`;
}

function printIn(filter: Extract<Filter, { kind: 'in' }>, doc: RawBuilder<unknown>): RawBuilder<boolean> {
  const { path, scalars, documents } = filter;
  const conditions: RawBuilder<boolean>[] = [];
  if (scalars.length > 0) {
    // Without the check lax mode would open an inner array: [[5]] does not hold 5.
    const predicates = [somePredicate(path, '@.type() != "array" && @ == $v[*]')];
    if (scalars.includes(null)) predicates.push(missingPredicate(path));
    conditions.push(test(doc, anyPredicate(predicates), scalars));
  }
  if (documents.length > 0) {
    // jsonpath cannot compare arrays and objects. `[*]` opens an array, and leaves anything else as it is.
    for (const reached of reachedPaths(path)) {
      for (const text of [reached, `${reached}[*]`]) {
        conditions.push(sql`exists (
          select from jsonb_path_query(${doc}, ${text}::jsonpath) as reached (value)
          where reached.value in (select jsonb_array_elements(${JSON.stringify(documents)}::jsonb)))`);
      }
    }
  }
  return conditions.length === 0 ? sql`false` : sql`(${sql.join(conditions, sql` or `)})`;
}

/** `$v` in the predicate is `value`. */
function test(doc: RawBuilder<unknown>, predicate: string, value: unknown): RawBuilder<boolean> {
  const variables = JSON.stringify({ v: value });
  return sql`jsonb_path_exists(${doc}, ${`$ ? (${predicate})`}::jsonpath, ${variables}::jsonb)`;
}
