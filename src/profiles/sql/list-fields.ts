import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Field, ValueType } from '../database.ts';

/** The custom fields of a database, and the standard ones of which something is declared, in the order of their creation. */
export async function listFields(db: Db, databaseId: number): Promise<Field[]> {
  const { rows } = await sql<{
    id: number;
    name: string;
    type: ValueType;
    options: string[] | null;
    match: boolean;
    unique: boolean;
    required: boolean;
    indexed: boolean;
    created_at: Date;
  }>`
    select id, name, type, options, match, "unique", required, indexed, created_at
      from field
     where database_id = ${databaseId}::int
     order by id
  `.execute(db);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    type: row.type,
    options: row.options,
    match: row.match,
    unique: row.unique,
    required: row.required,
    indexed: row.indexed,
    createdAt: row.created_at,
  }));
}
