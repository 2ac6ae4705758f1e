import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Takes the upload off the list of those under way; returns whether it was still on it. */
export async function endUpload(tx: Db, id: string): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    delete from file_upload where id = ${id}::uuid returning id
  `.execute(tx);
  return rows.length > 0;
}
