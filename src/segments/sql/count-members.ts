import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** The number of members of a static segment. */
export async function countMemberRows(db: Db, databaseId: number, segmentId: number): Promise<number> {
  const { rows } = await sql<{ members: number }>`
    select count(*) as members
      from generate_series(0, 63) as s(slot)
      join segment_member m
        on m.slot = s.slot::smallint and m.database_id = ${databaseId}::int and m.segment_id = ${segmentId}::int
  `.execute(db);
  return rows[0]?.members ?? 0;
}
