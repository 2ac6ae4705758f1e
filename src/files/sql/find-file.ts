import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export async function findFile(db: Db, id: string) {
  const { rows } = await sql<{
    name: string;
    mimetype: string;
    size: number;
    content_id: string;
    pieces: number;
  }>`
    select f.name, f.mimetype, c.size, c.id as content_id, c.pieces
      from file f
      join file_content c on c.id = f.content_id
     where f.id = ${id}::uuid
  `.execute(db);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { name, mimetype, size, content_id: contentId, pieces } = row;
  return { name, mimetype, size, contentId, pieces };
}
