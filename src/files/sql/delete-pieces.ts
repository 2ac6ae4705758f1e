import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Deletes all pieces that stand under those ids. */
export async function deletePieces(tx: Db, contentIds: readonly string[]): Promise<void> {
  await sql`delete from file_piece where content_id = any (${[...contentIds]}::uuid[])`.execute(tx);
}
