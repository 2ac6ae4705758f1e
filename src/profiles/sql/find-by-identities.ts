import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface IdentityLookup {
  readonly slot: number;
  readonly kind: number;
  readonly value: string;
  /** Null = of any resource, or of none. */
  readonly resourceId: number | null;
}

/**
 * The ids of the profiles found by each identity, at most `limit` for each, so that a value which 100,000 profiles
 * share costs no more than another. Index into the answer = index into `lookups`.
 */
export async function findByIdentities(
  db: Db,
  databaseId: number,
  lookups: readonly IdentityLookup[],
  limit: number,
): Promise<string[][]> {
  const keys = lookups.map(({ slot, kind, value, resourceId }, ord) => ({
    ord,
    slot,
    kind,
    value,
    r: resourceId,
  }));
  const { rows } = await sql<{ ord: number; profile_id: string }>`
    select k.ord, found.profile_id
      from json_to_recordset(${JSON.stringify(keys)}::json) as k(ord int, slot smallint, kind int, value text, r int)
     cross join lateral (
       select distinct i.profile_id
         from identity i
        where i.slot = k.slot and i.database_id = ${databaseId}::int and i.kind = k.kind and i.value = k.value
          and (k.r is null or i.resource_id = k.r)
        order by i.profile_id
        limit ${limit}::int
     ) found
  `.execute(db);
  const found: string[][] = lookups.map(() => []);
  for (const row of rows) found[row.ord]?.push(row.profile_id);
  return found;
}
