import { sql } from 'kysely';
import type { JsonValue } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

/**
 * The ids of the profiles whose field has each value, at most `limit` for each, read from the profiles themselves:
 * for fields that are not match fields. One pass over the database whatever the number of values (a hash join).
 */
export async function scanField(
  db: Db,
  databaseId: number,
  field: string,
  values: readonly JsonValue[],
  limit: number,
): Promise<string[][]> {
  const keys = values.map((value, ord) => ({ ord, value }));
  const { rows } = await sql<{ ord: number; ids: string[] }>`
    select k.ord, (array_agg(p.id order by p.id))[1:${limit}::int] as ids
      from json_to_recordset(${JSON.stringify(keys)}::json) as k(ord int, value jsonb)
      join profile p on p.database_id = ${databaseId}::int and p.fields -> ${field}::text = k.value
     group by k.ord
  `.execute(db);
  const found: string[][] = values.map(() => []);
  for (const row of rows) found[row.ord] = row.ids;
  return found;
}
