import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { TemplateVersion } from '../stored-templates/stored-template.ts';

export async function insertTemplateVersion(
  tx: Db,
  templateId: number,
  { version, content, createdAt }: TemplateVersion,
): Promise<void> {
  await sql`
    insert into template_version (template_id, version, content, created_at)
    values (${templateId}::int, ${version}::int, ${JSON.stringify(content)}::jsonb, ${createdAt}::timestamptz)
  `.execute(tx);
}
