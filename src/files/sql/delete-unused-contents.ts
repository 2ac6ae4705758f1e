import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Deletes those of the contents that no file has any more, with their pieces. They must be locked by the caller. */
export async function deleteUnusedContents(tx: Db, ids: readonly string[]): Promise<void> {
  await sql`
    with gone as (
      delete from file_content c
       where c.id = any (${[...ids]}::uuid[])
         and not exists (select from file f where f.content_id = c.id)
      returning c.id
    )
    delete from file_piece using gone where content_id = gone.id
  `.execute(tx);
}
