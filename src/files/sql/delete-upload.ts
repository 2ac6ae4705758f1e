import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Deletes an upload that is still under way with its pieces. One that became a content has no row here and stays. */
export async function deleteUpload(db: Db, id: string): Promise<void> {
  await sql`
    with gone as (
      delete from file_upload where id = ${id}::uuid returning id
    )
    delete from file_piece using gone where content_id = gone.id
  `.execute(db);
}
