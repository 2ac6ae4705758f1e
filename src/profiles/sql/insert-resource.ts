import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Inserts a resource that is tied to these databases. Returns its id. */
export async function insertResource(
  db: Db,
  resource: {
    name: string;
    channels: readonly string[];
    databaseIds: readonly number[];
    now: Date;
  },
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    with made as (
      insert into resource (name, channels, created_at)
      values (${resource.name}::text, ${[...resource.channels]}::text[], ${resource.now}::timestamptz)
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
