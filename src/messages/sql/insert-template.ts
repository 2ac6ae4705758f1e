import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { StoredTemplate } from '../stored-templates/stored-template.ts';

/** Inserts a template without its version. Returns its id. */
export async function insertTemplate(tx: Db, template: Omit<StoredTemplate, 'id'>): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into template (name, channel, database_id, version, created_at, updated_at)
    values (${template.name}::text, ${template.channel}::text, ${template.databaseId}::int,
            ${template.version}::int, ${template.createdAt}::timestamptz, ${template.updatedAt}::timestamptz)
    returning id`.execute(tx);
  const [row] = rows;
  if (row === undefined) throw new Error('insert of a template returned no row');
  return row.id;
}
