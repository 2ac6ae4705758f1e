import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { splitPieces } from '../split-pieces.ts';

/**
 * Stores the pieces of whole contents. Their bytes go as one parameter that the statement cuts up: a list of byte
 * strings would be sent as hex text, at twice the size.
 */
export async function insertPieces(
  tx: Db,
  contents: readonly { readonly id: string; readonly bytes: Buffer }[],
): Promise<void> {
  const all = Buffer.concat(contents.map(({ bytes }) => bytes));
  let offset = 0;
  const pieces = contents.flatMap(({ id, bytes }) => {
    const start = offset;
    offset += bytes.length;
    return splitPieces(bytes.length).map((piece) => ({ ...piece, id, start: start + piece.start }));
  });
  await sql`
    insert into file_piece (content_id, number, bytes)
    select id, number, substring(${all}::bytea from start + 1 for length)
      from unnest(${pieces.map(({ id }) => id)}::uuid[], ${pieces.map(({ number }) => number)}::int[],
                  ${pieces.map(({ start }) => start)}::int[], ${pieces.map(({ length }) => length)}::int[])
             as p(id, number, start, length)
  `.execute(tx);
}
