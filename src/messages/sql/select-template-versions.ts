import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Channel } from '../../profiles/index.ts';
import type { TemplateVersion } from '../stored-templates/stored-template.ts';
import type { TemplateContent } from '../stored-templates/template-content.ts';

interface VersionRow {
  readonly channel: Channel;
  readonly version: number;
  readonly content: TemplateContent;
  readonly created_at: Date;
}

async function select(
  db: Db,
  rest: RawBuilder<unknown>,
): Promise<(TemplateVersion & { channel: Channel })[]> {
  const { rows } = await sql<VersionRow>`
    select t.channel, v.version, v.content, v.created_at
      from template_version v join template t on t.id = v.template_id
     ${rest}
  `.execute(db);
  return rows.map(({ created_at: createdAt, ...row }) => ({ ...row, createdAt }));
}

/** The latest first. */
export function listTemplateVersions(db: Db, templateId: number, limit: number): Promise<TemplateVersion[]> {
  return select(
    db,
    sql`where v.template_id = ${templateId}::int order by v.version desc limit ${limit}::int`,
  );
}

/** One version with the channel of its template. */
export async function findTemplateVersion(
  db: Db,
  templateId: number,
  version: number,
): Promise<(TemplateVersion & { channel: Channel }) | undefined> {
  const found = await select(
    db,
    sql`where v.template_id = ${templateId}::int and v.version = ${version}::int`,
  );
  return found[0];
}
