import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Deletes at most `limit` files last used before `before`; returns how many, and their contents, each once. */
export async function deleteOldFiles(
  tx: Db,
  before: Date,
  limit: number,
): Promise<{ files: number; contentIds: string[] }> {
  const { rows } = await sql<{ content_id: string }>`
    with old as (
      select id from file
       where used_at < ${before}::timestamptz
       order by used_at
       limit ${limit}::int
         for update skip locked
    )
    delete from file f using old where f.id = old.id returning f.content_id
  `.execute(tx);
  return { files: rows.length, contentIds: [...new Set(rows.map((row) => row.content_id))] };
}
