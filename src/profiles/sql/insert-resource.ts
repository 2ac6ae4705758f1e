import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Resource } from '../resource.ts';

/** Inserts a resource with its ties to databases, which exist. Returns its id. */
export async function insertResource(db: Db, resource: Omit<Resource, 'id'>): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    with made as (
      insert into resource (name, channels, categories, fields, senders, policy, created_at)
      values (${resource.name}::text, ${[...resource.channels]}::text[], ${[...resource.categories]}::text[],
              ${JSON.stringify(resource.fields)}::jsonb, ${JSON.stringify(resource.senders)}::jsonb,
              ${JSON.stringify(resource.policy)}::jsonb, ${resource.createdAt}::timestamptz)
      returning id
    ), tied as (
      insert into resource_database (resource_id, database_id)
      select made.id, d from made, unnest(${[...resource.databaseIds]}::int[]) as d
    )
    select id from made
  `.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('insert of a resource returned no row');
  return row.id;
}
