import { type RawBuilder, sql } from 'kysely';
import { type Filter, filterSql, firstNames } from '../../query/index.ts';

/** Instants as `_createtime` has them, ISO 8601 in UTC with milliseconds: they sort as text, as stored ones do. */
function isoText(column: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** What filters may ask of a profile `p` beside its fields. */
const computed: Readonly<Record<string, RawBuilder<unknown>>> = {
  _id: sql`p.id`,
  _createtime: isoText(sql`p.created_at`),
  _updatetime: isoText(sql`p.updated_at`),
  _emaildomain: sql`split_part(p.fields ->> 'email', '@', 2)`,
  subscriptions: sql`p.subscriptions`,
  segments: sql`(select coalesce(jsonb_agg(m.segment_id order by m.segment_id), '[]'::jsonb)
                   from segment_member m
                  where m.slot = p.slot and m.database_id = p.database_id and m.profile_id = p.id)`,
};

/**
 * The condition that the profile `p` meets the filter. Its document has the fields at the top, `_id`, `_createtime`,
 * `_updatetime`, `_emaildomain`, `subscriptions` as a list of objects, and `segments`, the numbers of the static
 * segments that it is in. Only the parts that the filter names are put together, once a row.
 */
export function meetsFilter(filter: Filter): RawBuilder<boolean> {
  const names = [...firstNames(filter)].filter((name) => Object.hasOwn(computed, name));
  if (names.length === 0) return filterSql(filter, sql`p.fields`);
  const parts = names.map((name) => sql`${name}::text, ${computed[name] ?? sql`null`}`);
  return sql`(select ${filterSql(filter, sql`d.doc`)}
                from (select p.fields || jsonb_build_object(${sql.join(parts)}) as doc offset 0) d)`;
}
