import { sql } from 'kysely';
import type { JsonValue } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

/** Sets those that are named; the others stay. */
export async function writeSettings(
  db: Db,
  values: Readonly<Record<string, JsonValue>>,
  now: Date,
): Promise<void> {
  await sql`
    insert into setting (key, value, updated_at)
    select key, value, ${now}::timestamptz from jsonb_each(${JSON.stringify(values)}::jsonb)
    on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at
  `.execute(db);
}
