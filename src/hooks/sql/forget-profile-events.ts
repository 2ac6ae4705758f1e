import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Lets everything about these profiles in the log so far be told to nobody any more: their events keep their ids and
 * types. What is cut into deliveries already goes as it is, and the log keeps the bytes until its retention is over.
 */
export async function forgetProfileEvents(
  tx: Db,
  databaseId: number,
  profileIds: readonly string[],
  now: Date,
): Promise<void> {
  await sql`
    insert into forgotten_profile (profile_id, database_id, forgotten_at)
    select distinct id, ${databaseId}::int, ${now}::timestamptz
      from unnest(${profileIds}::text[]) as id
     order by id
        on conflict (profile_id, database_id) do update
       set forgotten_at = excluded.forgotten_at, rows_emptied_at = null
  `.execute(tx);
}
