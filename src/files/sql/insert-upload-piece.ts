import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Stores a piece of an upload under way; the lock keeps a sweep from passing between the look and the insert.
 * @returns false when the upload is not there any more.
 */
export async function insertUploadPiece(
  db: Db,
  uploadId: string,
  number: number,
  bytes: Buffer,
): Promise<boolean> {
  const { rows } = await sql<{ number: number }>`
    insert into file_piece (content_id, number, bytes)
    select id, ${number}::int, ${bytes}::bytea
      from file_upload
     where id = ${uploadId}::uuid
       for key share
    returning number
  `.execute(db);
  return rows.length > 0;
}
