import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Deletes a template's versions; the template itself is deleted by the next statement, for its key's sake. */
export async function deleteTemplateVersions(tx: Db, id: number): Promise<void> {
  await sql`delete from template_version where template_id = ${id}::int`.execute(tx);
}
