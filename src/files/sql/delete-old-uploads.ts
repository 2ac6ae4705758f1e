import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Takes at most `limit` uploads that began before `before` off the list; returns the ids of their pieces. */
export async function deleteOldUploads(tx: Db, before: Date, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with old as (
      select id from file_upload
       where started_at < ${before}::timestamptz
       order by started_at
       limit ${limit}::int
         for update skip locked
    )
    delete from file_upload u using old where u.id = old.id returning u.id
  `.execute(tx);
  return rows.map(({ id }) => id);
}
