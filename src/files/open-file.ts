import type { Db } from '../db/index.ts';
import { findFile } from './sql/find-file.ts';
import { readPiece } from './sql/read-piece.ts';

export interface OpenedFile {
  readonly name: string;
  readonly mimetype: string;
  /** Bytes. */
  readonly size: number;
  /** The content piece by piece, each read when it is asked for. May be walked more than once. */
  readonly pieces: AsyncIterable<Buffer>;
}

async function* readPieces(db: Db, contentId: string, pieces: number): AsyncGenerator<Buffer> {
  for (let number = 0; number < pieces; number += 1) {
    const bytes = await readPiece(db, contentId, number);
    if (bytes === undefined) throw new Error('a file was deleted while it was read');
    yield bytes;
  }
}

/**
 * A stored file, or undefined when there is none of that id. Does not ask who may use it: that was decided when the
 * attachment was stored.
 * @throws {Error} from `pieces` when the file is purged while it is read.
 */
export async function openFile(db: Db, fileId: string): Promise<OpenedFile | undefined> {
  const file = await findFile(db, fileId);
  if (file === undefined) return undefined;
  const { name, mimetype, size, contentId, pieces } = file;
  return {
    ...{ name, mimetype, size },
    pieces: { [Symbol.asyncIterator]: () => readPieces(db, contentId, pieces) },
  };
}
