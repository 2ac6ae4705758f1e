import { type RawBuilder, sql } from 'kysely';

/**
 * The conditions of a search that are asked for, joined by `and`; `true` when none is. What is not asked for does not
 * stand in the statement, so that every plan, a general one too, is made for the search at hand.
 */
export function joinConditions(
  conditions: readonly (RawBuilder<unknown> | undefined)[],
): RawBuilder<unknown> {
  const asked = conditions.filter((condition) => condition !== undefined);
  return asked.length === 0 ? sql`true` : sql.join(asked, sql` and `);
}
