import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Database } from '../database.ts';

/** Inserts the database together with its import lanes. Returns its id. */
export async function insertDatabase(
  db: Db,
  database: Omit<Database, 'id'>,
  laneCount: number,
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    with made as (
      insert into database (name, unknown_fields, phone_country, sex_numbers, unique_email, created_at)
      values (${database.name}::text, ${database.unknownFields}::text, ${database.phoneCountry}::text,
              ${database.sexNumbers}::text, ${database.uniqueEmail}::boolean,
              ${database.createdAt}::timestamptz)
      returning id
    ), lanes as (
      insert into import_lane (database_id, lane, due_at)
      select made.id, lane, ${database.createdAt}::timestamptz
        from made, generate_series(0, ${laneCount}::int - 1) as lane
    )
    select id from made
  `.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('insert of a database returned no row');
  return row.id;
}
