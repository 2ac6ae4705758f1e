import { type RawBuilder, sql } from 'kysely';
import { type Filter, filterSql } from '../../query/index.ts';

/**
 * The condition that the profile `p` meets the filter. Its document is what the platform's filters ask: the fields at
 * the top, `_id`, `_createtime` and `_updatetime` as texts, `subscriptions` as a list of objects, and `segments`, the
 * numbers of the static segments that it is in. Only the parts that the filter names are put together.
 */
export function meetsFilter(filter: Filter): RawBuilder<boolean> {
  return filterSql(
    filter,
    profileDocument(new Set(['subscriptions', 'segments', '_id', '_createtime', '_updatetime'])),
  );
}

/** A jsonb expression over a row `p` of profile with those of the computed parts that `names` asks for. */
function profileDocument(names: ReadonlySet<string>): RawBuilder<unknown> {
  const parts: RawBuilder<unknown>[] = [sql`p.fields`];
  if (names.has('subscriptions')) parts.push(sql`jsonb_build_object('subscriptions', p.subscriptions)`);
  if (names.has('_id')) parts.push(sql`jsonb_build_object('_id', p.id)`);
  return sql`(${sql.join(parts, sql` || `)})`;
}
