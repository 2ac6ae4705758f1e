import { type RawBuilder, sql } from 'kysely';
import type { JsonValue } from '../base/index.ts';
import type { Filter } from './filter.ts';
import { printPredicate } from './print-predicate.ts';

/**
 * A condition that is true or false, never null, for the jsonb expression `doc`, which yields an object; SQL null is taken
 * for `{}`. `doc` is printed once. The whole filter is one jsonpath with its values beside it, both as parameters: with a
 * call for each condition a large document would be fetched and unpacked for each.
 */
export function filterSql(filter: Filter, doc: RawBuilder<unknown>): RawBuilder<boolean> {
  const values: Record<string, JsonValue> = {};
  let count = 0;
  const predicate = printPredicate(filter, (value) => {
    const name = `v${count}`;
    count += 1;
    values[name] = value;
    return `$${name}`;
  });
  return sql<boolean>`jsonb_path_exists(
    coalesce(${doc}, '{}'::jsonb), ${`$ ? (${predicate})`}::jsonpath, ${JSON.stringify(values)}::jsonb)`;
}
