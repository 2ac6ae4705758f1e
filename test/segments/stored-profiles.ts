import { sql } from 'kysely';
import { type JsonObject, slotOf } from '../../src/base/index.ts';
import type { Db } from '../../src/db/index.ts';

/** A profile id, the same for the same number. */
export function profileId(number: number): string {
  return number.toString(16).padStart(24, '0');
}

/** Stores profiles as they are, number 1 for the first. Returns their ids. */
export async function insertProfiles(
  db: Db,
  databaseId: number,
  documents: readonly JsonObject[],
  first = 1,
): Promise<string[]> {
  const rows = documents.map((fields, index) => {
    const id = profileId(first + index);
    return { id, slot: slotOf(id), fields };
  });
  await sql`
    insert into profile (slot, database_id, id, fields, created_at, updated_at)
    select slot, ${databaseId}::int, id, fields, now(), now()
      from json_to_recordset(${JSON.stringify(rows)}::json) as p(slot smallint, id text, fields jsonb)
  `.execute(db);
  return rows.map(({ id }) => id);
}
