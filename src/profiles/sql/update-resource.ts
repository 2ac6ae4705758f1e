import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Resource } from '../resource.ts';

/** Writes a resource that exists and is locked, with its ties to databases. */
export async function updateResourceRow(tx: Db, resource: Resource): Promise<void> {
  const databaseIds = [...resource.databaseIds];
  await sql`
    with untied as (
      delete from resource_database
       where resource_id = ${resource.id}::int and not database_id = any (${databaseIds}::int[])
    ), tied as (
      insert into resource_database (resource_id, database_id)
      select ${resource.id}::int, d from unnest(${databaseIds}::int[]) as d
      on conflict do nothing
    )
    update resource
       set name = ${resource.name}::text,
           channels = ${[...resource.channels]}::text[],
           categories = ${[...resource.categories]}::text[],
           fields = ${JSON.stringify(resource.fields)}::jsonb,
           senders = ${JSON.stringify(resource.senders)}::jsonb,
           policy = ${JSON.stringify(resource.policy)}::jsonb
     where id = ${resource.id}::int
  `.execute(tx);
}
