import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Deletes at most `limit` notes of erased profiles of whom the log holds nothing any more; returns how many. */
export async function purgeForgotten(db: Db, before: Date, limit: number): Promise<number> {
  const { rows } = await sql<{ purged: number }>`
    with old as (
      select profile_id, database_id from forgotten_profile
       where forgotten_at < ${before}::timestamptz
         and not exists (select from event_batch where created_at < ${before}::timestamptz)
       order by forgotten_at
       limit ${limit}::int
         for update skip locked
    ), gone as (
      delete from forgotten_profile f using old
       where f.profile_id = old.profile_id and f.database_id = old.database_id
      returning 1
    )
    select count(*) as purged from gone
  `.execute(db);
  return rows[0]?.purged ?? 0;
}
