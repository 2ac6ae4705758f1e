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
  // Arrays: reading a JSON recordset took longer than the search.
  const { rows } = await sql<{ ord: number; profile_id: string }>`
    select k.ord::int - 1 as ord, found.profile_id
      from unnest(${lookups.map(({ slot }) => slot)}::smallint[], ${lookups.map(({ kind }) => kind)}::int[],
                  ${lookups.map(({ value }) => value)}::text[], ${lookups.map(({ resourceId }) => resourceId)}::int[])
             with ordinality as k(slot, kind, value, r, ord)
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
