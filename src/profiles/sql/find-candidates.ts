import { sql } from 'kysely';
import { slotOf } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

/** Values that the identities of one kind are looked through for. */
export type Candidates =
  | { readonly kind: number; readonly values: readonly string[] }
  | { readonly kind: number; readonly operator: '>' | '>=' | '<' | '<='; readonly value: string };

/** Beyond every text of an identity: they have at most 512 characters and no such character is assigned. */
const LAST_TEXT = '\u{10ffff}';

/**
 * The ids of the profiles that have one of the values, or one in the range; in no order. Undefined when that takes more
 * than `limit` identities: it stops there, where a `distinct` would have to read all of them first. The order inside
 * each slot or value is that of the primary key, so that nothing but its index can be chosen.
 */
export async function findCandidates(
  db: Db,
  databaseId: number,
  candidates: Candidates,
  limit: number,
): Promise<string[] | undefined> {
  const { kind } = candidates;
  const { rows } = await ('values' in candidates
    ? sql<{ profile_id: string }>`
        select i.profile_id
          from json_to_recordset(${JSON.stringify(
            candidates.values.map((value) => ({ slot: slotOf(value), value })),
          )}::json) as k(slot smallint, value text)
         cross join lateral (
           select profile_id
             from identity
            where slot = k.slot and database_id = ${databaseId}::int and kind = ${kind}::int and value = k.value
            order by profile_id
            limit ${limit + 1}::int
         ) i
         limit ${limit + 1}::int`.execute(db)
    : sql<{ profile_id: string }>`
        select i.profile_id
          from generate_series(0, 63) as s(slot)
         cross join lateral (
           select profile_id
             from identity
            where slot = s.slot::smallint and database_id = ${databaseId}::int and kind = ${kind}::int
              and value >= ${candidates.operator.startsWith('>') ? candidates.value : ''}::text
              and value <= ${candidates.operator.startsWith('<') ? candidates.value : LAST_TEXT}::text
            order by value, profile_id
            limit ${limit + 1}::int
         ) i
         limit ${limit + 1}::int`.execute(db));
  if (rows.length > limit) return undefined;
  return [...new Set(rows.map(({ profile_id }) => profile_id))];
}
