import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** The first position whose events happened at that time or later; null = there is none. */
export async function findPositionAt(db: Db, time: Date): Promise<number | null> {
  const { rows } = await sql<{ position: number | null }>`
    select min(position) as position from event_batch where created_at >= ${time}::timestamptz
  `.execute(db);
  return rows[0]?.position ?? null;
}
