import { type RawBuilder, sql } from 'kysely';
import type { JsonObject } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { Channel } from '../channels.ts';
import type { Resource, ResourceField } from '../resource.ts';

interface ResourceRow {
  id: number;
  name: string;
  database_ids: number[];
  channels: Channel[];
  categories: string[];
  fields: ResourceField[];
  senders: Partial<Record<Channel, number>>;
  policy: JsonObject;
  created_at: Date;
}

async function selectResources(db: Db, rest: RawBuilder<unknown>): Promise<Resource[]> {
  const { rows } = await sql<ResourceRow>`
    select r.id, r.name, r.channels, r.categories, r.fields, r.senders, r.policy, r.created_at,
           array(select t.database_id from resource_database t where t.resource_id = r.id order by t.database_id)
             as database_ids
      from resource r
     ${rest}
  `.execute(db);
  return rows.map(({ database_ids: databaseIds, created_at: createdAt, ...row }) => ({
    ...row,
    databaseIds,
    createdAt,
  }));
}

/** The resources that the database is tied to, or all when it is null, in order of id, with all that belongs to them. */
export function listResources(db: Db, databaseId: number | null): Promise<Resource[]> {
  return selectResources(
    db,
    sql`where ${databaseId}::int is null or exists (
          select from resource_database d where d.resource_id = r.id and d.database_id = ${databaseId}::int)
        order by r.id`,
  );
}

export async function findResource(db: Db, id: number): Promise<Resource | undefined> {
  const [resource] = await selectResources(db, sql`where r.id = ${id}::int`);
  return resource;
}
