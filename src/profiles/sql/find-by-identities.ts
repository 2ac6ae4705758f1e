import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Identity } from '../identities.ts';

/**
 * The ids of the profiles found by each identity, at most `limit` for each, so that a value which 100,000 profiles
 * share costs no more than another. Index into the answer = index into `identities`.
 */
export async function findByIdentities(
  db: Db,
  databaseId: number,
  identities: readonly Identity[],
  limit: number,
): Promise<string[][]> {
  const keys = identities.map((identity, ord) => ({ ord, ...identity }));
  const { rows } = await sql<{ ord: number; profile_id: string }>`
    select k.ord, found.profile_id
      from json_to_recordset(${JSON.stringify(keys)}::json) as k(ord int, slot smallint, kind int, value text)
     cross join lateral (
       select i.profile_id
         from identity i
        where i.slot = k.slot and i.database_id = ${databaseId}::int and i.kind = k.kind and i.value = k.value
        order by i.profile_id
        limit ${limit}::int
     ) found
  `.execute(db);
  const found: string[][] = identities.map(() => []);
  for (const row of rows) found[row.ord]?.push(row.profile_id);
  return found;
}
