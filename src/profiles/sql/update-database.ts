import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Database } from '../database.ts';

/** Writes the settings of a database that exists. */
export async function updateDatabaseRow(db: Db, database: Database): Promise<void> {
  await sql`
    update database
       set name = ${database.name}::text,
           unknown_fields = ${database.unknownFields}::text,
           phone_country = ${database.phoneCountry}::text,
           sex_numbers = ${database.sexNumbers}::text,
           unique_email = ${database.uniqueEmail}::boolean
     where id = ${database.id}::int
  `.execute(db);
}
