import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { filterSql } from '../../query/index.ts';
import type { JudgedSegment } from '../segment.ts';
import type { Membership } from './select-memberships.ts';

export interface ChangedDocument {
  readonly id: string;
  /** Null = the profile is new. */
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>>;
}

/** Which of the documents meet the filter of which segment and did not before. The caller bounds the segments. */
export async function judgeChanges(
  db: Db,
  documents: readonly ChangedDocument[],
  segments: readonly JudgedSegment[],
): Promise<Membership[]> {
  // A document that is not there meets nothing, although a filter takes null for {}.
  const met = segments.map(
    ({ id, filter }) => sql`
      select ${id}::int as segment_id
       where ${filterSql(filter, sql`d.after`)} and (d.before is null or not ${filterSql(filter, sql`d.before`)})`,
  );
  const { rows } = await sql<{ profile_id: string; segment_id: number }>`
    select d.id as profile_id, m.segment_id
      from json_to_recordset(${JSON.stringify(documents)}::json) as d(id text, before jsonb, after jsonb)
     cross join lateral (${sql.join(met, sql` union all `)}) m
  `.execute(db);
  return rows.map((row) => ({ profileId: row.profile_id, segmentId: row.segment_id }));
}
