import { sql } from 'kysely';
import type { JsonObject } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { Segment } from '../segment.ts';
import { type SegmentRow, segmentColumns, toSegment } from './segment-row.ts';

/** Writes what is not null. Returns the segment as it is now, undefined when there is none. */
export async function updateSegmentRow(
  db: Db,
  id: number,
  changes: { readonly name: string | null; readonly filter: JsonObject | null },
): Promise<Segment | undefined> {
  const filter = changes.filter === null ? null : JSON.stringify(changes.filter);
  const { rows } = await sql<SegmentRow>`
    update segment
       set name = coalesce(${changes.name}::text, name),
           filter = coalesce(${filter}::jsonb, filter)
     where id = ${id}::int
    returning ${segmentColumns}
  `.execute(db);
  return rows.map(toSegment)[0];
}
