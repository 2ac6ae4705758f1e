import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export async function readPiece(db: Db, contentId: string, number: number): Promise<Buffer | undefined> {
  const { rows } = await sql<{ bytes: Buffer }>`
    select bytes from file_piece where content_id = ${contentId}::uuid and number = ${number}::int
  `.execute(db);
  return rows[0]?.bytes;
}
