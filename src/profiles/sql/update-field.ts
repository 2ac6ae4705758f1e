import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Field } from '../database.ts';

/** Writes what can change of a field that exists. The caller has locked the database. */
export async function updateFieldRow(tx: Db, field: Field): Promise<void> {
  const options = field.options === null ? null : [...field.options];
  await sql`
    update field
       set options = ${options}::text[],
           match = ${field.match}::boolean,
           "unique" = ${field.unique}::boolean,
           required = ${field.required}::boolean,
           indexed = ${field.indexed}::boolean
     where id = ${field.id}::int
  `.execute(tx);
}
