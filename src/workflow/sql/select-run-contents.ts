import { sql } from 'kysely';
import type { JsonObject } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

/** The content of each context, by its id. */
export async function selectRunContents(db: Db, ids: readonly number[]): Promise<Map<number, JsonObject>> {
  const { rows } = await sql<{ id: number; content: JsonObject | null }>`
    select id, content from run_context where id = any (${ids}::bigint[])
  `.execute(db);
  return new Map(rows.map((row) => [row.id, row.content ?? {}]));
}
