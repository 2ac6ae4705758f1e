import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Deletes a template whose versions are gone. */
export async function deleteTemplateRow(tx: Db, id: number): Promise<void> {
  await sql`delete from template where id = ${id}::int`.execute(tx);
}
