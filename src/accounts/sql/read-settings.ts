import { sql } from 'kysely';
import type { JsonValue } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

/** What owners have set for everybody, by key; what is not set is not there. */
export async function readSettings(db: Db): Promise<ReadonlyMap<string, JsonValue>> {
  const { rows } = await sql<{ key: string; value: JsonValue }>`select key, value from setting`.execute(db);
  return new Map(rows.map(({ key, value }) => [key, value]));
}
