import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Deletes at most `limit` answers older than `before`, the oldest first; returns how many. */
export async function purgeStoredAnswers(db: Db, before: Date, limit: number): Promise<number> {
  const { rows } = await sql<{ purged: number }>`
    with old as (
      select key
      from stored_answer
      where created_at < ${before}::timestamptz
      order by created_at
      limit ${limit}::integer
      for update skip locked
    ), gone as (
      delete from stored_answer using old where stored_answer.key = old.key returning 1
    )
    select count(*) as purged from gone
  `.execute(db);
  return rows[0]?.purged ?? 0;
}
