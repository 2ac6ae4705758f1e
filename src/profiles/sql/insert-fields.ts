import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { ValueType } from '../database.ts';

export interface NewField {
  readonly name: string;
  readonly type: ValueType;
  readonly options: readonly string[] | null;
  readonly match: boolean;
  readonly unique: boolean;
  readonly required: boolean;
  /** Whether there is nothing to build: no profile can have a value yet, or no identities are kept. */
  readonly indexed: boolean;
}

/** Inserts the fields whose names the database does not have yet; returns the ids of those, by name. */
export async function insertFields(
  db: Db,
  databaseId: number,
  fields: readonly NewField[],
  now: Date,
): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: number; name: string }>`
    insert into field (database_id, name, type, options, match, "unique", required, indexed, created_at)
    select ${databaseId}::int, name, type, options, match, "unique", required, indexed, ${now}::timestamptz
      from json_to_recordset(${JSON.stringify(fields)}::json)
        as f(name text, type text, options text[], match boolean, "unique" boolean, required boolean,
             indexed boolean)
     order by name
    on conflict (database_id, name) do nothing
    returning id, name
  `.execute(db);
  return new Map(rows.map((row) => [row.name, row.id]));
}
