import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Segment } from '../segment.ts';

/** Returns the id of the new segment. */
export async function insertSegment(db: Db, segment: Omit<Segment, 'id'>): Promise<number> {
  const filter = segment.filter === null ? null : JSON.stringify(segment.filter);
  const { rows } = await sql<{ id: number }>`
    insert into segment (database_id, name, kind, filter, created_at)
    values (${segment.databaseId}::int, ${segment.name}::text, ${segment.kind}::text, ${filter}::jsonb,
            ${segment.createdAt}::timestamptz)
    returning id
  `.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('insert of a segment returned no row');
  return row.id;
}
