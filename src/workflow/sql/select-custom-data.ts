import { sql } from 'kysely';
import type { JsonObject } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

/** The `custom_data` of those of the contexts that have some, by id. */
export async function selectCustomData(
  db: Db,
  contextIds: readonly number[],
): Promise<Map<number, JsonObject>> {
  const { rows } = await sql<{ id: number; custom_data: JsonObject }>`
    select id, custom_data from run_context
     where id = any (${[...contextIds]}::bigint[]) and custom_data is not null
  `.execute(db);
  return new Map(rows.map((row) => [row.id, row.custom_data]));
}
