import { sql } from 'kysely';
import type { JsonObject } from '../../../../base/index.ts';
import type { Db } from '../../../../db/index.ts';

/** `settings` of a sender, or undefined when there is none of that id. */
export async function findReportSettings(db: Db, senderId: number): Promise<JsonObject | undefined> {
  const { rows } = await sql<{ settings: JsonObject }>`
    select settings from sender where id = ${senderId}::int
  `.execute(db);
  return rows[0]?.settings;
}
