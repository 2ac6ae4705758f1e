import { sql } from 'kysely';
import { SLOT_COUNT, slotOf } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

/** Values that the identities of one kind are looked through for. */
export type Candidates =
  | { readonly kind: number; readonly values: readonly string[] }
  | { readonly kind: number; readonly operator: '>' | '>=' | '<' | '<='; readonly value: string };

const allSlots = Array.from({ length: SLOT_COUNT }, (_, slot) => slot);
/** Beyond every text of an identity: they have at most 512 characters and no such character is assigned. */
const LAST_TEXT = '\u{10ffff}';

/** The ids of at most `limit` profiles that have one of the values, or one in the range; in no order. */
export async function findCandidates(
  db: Db,
  databaseId: number,
  candidates: Candidates,
  limit: number,
): Promise<string[]> {
  const { rows } = await ('values' in candidates
    ? sql<{ profile_id: string }>`
        select distinct i.profile_id
          from json_to_recordset(${JSON.stringify(
            candidates.values.map((value) => ({ slot: slotOf(value), value })),
          )}::json) as k(slot smallint, value text)
          join identity i
            on i.slot = k.slot and i.database_id = ${databaseId}::int and i.kind = ${candidates.kind}::int
           and i.value = k.value
         limit ${limit}::int`.execute(db)
    : sql<{ profile_id: string }>`
        select distinct i.profile_id
          from identity i
         where i.slot = any (${allSlots}::smallint[]) and i.database_id = ${databaseId}::int
           and i.kind = ${candidates.kind}::int
           and i.value >= ${candidates.operator.startsWith('>') ? candidates.value : ''}::text
           and i.value <= ${candidates.operator.startsWith('<') ? candidates.value : LAST_TEXT}::text
         limit ${limit}::int`.execute(db));
  return rows.map(({ profile_id }) => profile_id);
}
