import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Channel } from '../../profiles/index.ts';

/** What must be known of a template to queue a message of it. */
export interface PlannedTemplate {
  readonly version: number;
  readonly channel: Channel;
  /** Null = it is for workflows of any database. */
  readonly databaseId: number | null;
}

/** The current versions of those of the templates that are there, by id. */
export async function findTemplateVersions(
  db: Db,
  ids: readonly number[],
): Promise<Map<number, PlannedTemplate>> {
  const { rows } = await sql<{ id: number; version: number; channel: Channel; database_id: number | null }>`
    select id, version, channel, database_id from template where id = any (${[...ids]}::int[])
  `.execute(db);
  return new Map(
    rows.map(({ id, version, channel, database_id: databaseId }) => [id, { version, channel, databaseId }]),
  );
}
