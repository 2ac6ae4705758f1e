import { sql } from 'kysely';
import type { JsonObject } from '../../base/index.ts';
import type { Segment, SegmentKind } from '../segment.ts';

export interface SegmentRow {
  id: number;
  database_id: number;
  name: string;
  kind: SegmentKind;
  filter: JsonObject | null;
  created_at: Date;
}

export const segmentColumns = sql`id, database_id, name, kind, filter, created_at`;

export function toSegment(row: SegmentRow): Segment {
  return {
    id: row.id,
    databaseId: row.database_id,
    name: row.name,
    kind: row.kind,
    filter: row.filter,
    createdAt: row.created_at,
  };
}
