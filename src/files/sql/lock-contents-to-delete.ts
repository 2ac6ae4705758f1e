import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Waits until nobody is about to give a file to one of the contents, and keeps others from doing so. */
export async function lockContentsToDelete(tx: Db, ids: readonly string[]): Promise<void> {
  await sql`
    select id from file_content where id = any (${[...ids]}::uuid[]) order by hash for update
  `.execute(tx);
}
