import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { StoredTemplate } from '../stored-templates/stored-template.ts';

/** Writes what a template is beside its versions. It exists and is locked. */
export async function updateTemplateRow(tx: Db, template: StoredTemplate): Promise<void> {
  await sql`
    update template
       set name = ${template.name}::text,
           database_id = ${template.databaseId}::int,
           version = ${template.version}::int,
           updated_at = ${template.updatedAt}::timestamptz
     where id = ${template.id}::int`.execute(tx);
}
