import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Channel } from '../../profiles/index.ts';
import type { StoredTemplate } from '../stored-templates/stored-template.ts';
import type { TemplateContent } from '../stored-templates/template-content.ts';

interface TemplateRow {
  readonly id: number;
  readonly name: string;
  readonly channel: Channel;
  readonly database_id: number | null;
  readonly version: number;
  readonly content: TemplateContent;
  readonly created_at: Date;
  readonly updated_at: Date;
}

async function select(db: Db, rest: RawBuilder<unknown>): Promise<StoredTemplate[]> {
  const { rows } = await sql<TemplateRow>`
    select t.id, t.name, t.channel, t.database_id, t.version, v.content, t.created_at, t.updated_at
      from template t
      join template_version v on v.template_id = t.id and v.version = t.version
     ${rest}
  `.execute(db);
  return rows.map(({ database_id: databaseId, created_at: createdAt, updated_at: updatedAt, ...row }) => ({
    ...row,
    ...{ databaseId, createdAt, updatedAt },
  }));
}

/** Those for any database and those of the given ones, in order of id; null = all. */
export function listTemplateRows(
  db: Db,
  databaseIds: readonly number[] | null,
  fromId: number,
  limit: number,
): Promise<StoredTemplate[]> {
  return select(
    db,
    sql`where t.id >= ${fromId}::int
          and (${databaseIds}::int[] is null or t.database_id is null
               or t.database_id = any (${databaseIds}::int[]))
        order by t.id
        limit ${limit}::int`,
  );
}

export async function findTemplateRow(db: Db, id: number): Promise<StoredTemplate | undefined> {
  return (await select(db, sql`where t.id = ${id}::int`))[0];
}
