import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Channel } from '../channels.ts';
import type { Resource } from '../resource.ts';

/** The resources that the database is tied to. */
export async function listResources(db: Db, databaseId: number | null): Promise<Resource[]> {
  const { rows } = await sql<{ id: number; name: string; channels: Channel[]; created_at: Date }>`
    select r.id, r.name, r.channels, r.created_at from resource r join resource_database d on d.resource_id = r.id
     where d.database_id = ${databaseId}::int order by r.id`.execute(db);
  return rows.map((r) => ({
    ...{
      id: r.id,
      name: r.name,
      channels: r.channels,
      createdAt: r.created_at,
      databaseIds: [databaseId ?? 0],
    },
    ...{ categories: [], fields: [], senders: {}, policy: {} },
  }));
}
