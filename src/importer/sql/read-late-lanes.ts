import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface LateLanes {
  readonly lanes: number;
  /** Seconds that the longest has been due with work to do. */
  readonly seconds: number;
  /** Most claims of one of them since its last success. */
  readonly attempts: number;
}

/** Lanes with chunks to import that nobody has claimed though they are due. */
export async function readLateLanes(db: Db, now: Date): Promise<LateLanes> {
  const { rows } = await sql<LateLanes>`
    select count(*)::int as lanes,
           coalesce(extract(epoch from ${now}::timestamptz - min(l.due_at)), 0)::float8 as seconds,
           coalesce(max(l.attempts), 0)::int as attempts
      from import_lane l
     where l.due_at <= ${now}::timestamptz
       and exists (select from import_chunk c
                    where c.database_id = l.database_id and c.lane = l.lane
                      and c.settled_at is null and not c.is_held)
  `.execute(db);
  return rows[0] ?? { lanes: 0, seconds: 0, attempts: 0 };
}
