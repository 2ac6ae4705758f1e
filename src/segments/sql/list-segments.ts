import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Segment } from '../segment.ts';
import { type SegmentRow, segmentColumns, toSegment } from './segment-row.ts';

/** The segments of these databases, or of every one when it is null, in order of id. */
export async function listSegments(db: Db, databaseIds: readonly number[] | null): Promise<Segment[]> {
  const { rows } = await sql<SegmentRow>`
    select ${segmentColumns}
      from segment
     where ${databaseIds}::int[] is null or database_id = any (${databaseIds}::int[])
     order by id
  `.execute(db);
  return rows.map(toSegment);
}

export async function findSegment(db: Db, id: number): Promise<Segment | undefined> {
  const { rows } = await sql<SegmentRow>`select ${segmentColumns} from segment where id = ${id}::int`.execute(
    db,
  );
  return rows.map(toSegment)[0];
}
