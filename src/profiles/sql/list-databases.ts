import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Database, SexNumbers, UnknownFields } from '../database.ts';

/** The databases with these ids, or all when `ids` is null, in order of id. */
export async function listDatabases(db: Db, ids: readonly number[] | null = null): Promise<Database[]> {
  const { rows } = await sql<{
    id: number;
    name: string;
    unknown_fields: UnknownFields;
    phone_country: string;
    sex_numbers: SexNumbers;
    unique_email: boolean;
    created_at: Date;
  }>`
    select id, name, unknown_fields, phone_country, sex_numbers, unique_email, created_at
      from database
     where ${ids}::int[] is null or id = any (${ids}::int[])
     order by id
  `.execute(db);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    unknownFields: row.unknown_fields,
    phoneCountry: row.phone_country,
    sexNumbers: row.sex_numbers,
    uniqueEmail: row.unique_email,
    createdAt: row.created_at,
  }));
}

export async function findDatabase(db: Db, id: number): Promise<Database | undefined> {
  const [database] = await listDatabases(db, [id]);
  return database;
}
