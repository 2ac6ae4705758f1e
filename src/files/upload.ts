import { createHash } from 'node:crypto';
import { newUuid } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { PIECE_BYTES } from './split-pieces.ts';
import { deleteUpload } from './sql/delete-upload.ts';
import { insertUpload } from './sql/insert-upload.ts';
import { insertUploadPiece } from './sql/insert-upload-piece.ts';

/** A content that has been sent completely and stands under the id of its upload. */
export interface UploadedContent {
  readonly uploadId: string;
  /** SHA-256. */
  readonly hash: Buffer;
  readonly size: number;
  readonly pieces: number;
}

/**
 * A content that is being sent, its pieces stored as they come. Each piece is a statement of its own instead of one
 * long transaction, so that a slow sender holds no connection. `storeUpload` makes a file of it; whatever happens
 * otherwise, `discard` must be called, and after a crash `purgeUploads` does its work.
 */
export interface Upload {
  /** Call it one at a time. Holds at most one piece and `bytes`. */
  push(bytes: Buffer): Promise<void>;
  /** No more is pushed after it. */
  end(): Promise<UploadedContent>;
  /** Leaves nothing of an upload that did not become a file, and does nothing to one that did. */
  discard(): Promise<void>;
}

export async function startUpload(db: Db, now: Date): Promise<Upload> {
  const id = newUuid();
  const hash = createHash('sha256');
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let size = 0;
  let pieces = 0;

  async function storePiece(): Promise<void> {
    const joined = Buffer.concat(waiting, waitingBytes);
    const rest = joined.subarray(PIECE_BYTES);
    waiting = [rest];
    waitingBytes = rest.length;
    const stored = await insertUploadPiece(db, id, pieces, joined.subarray(0, PIECE_BYTES));
    if (!stored) throw new Error('an upload was swept away while it was under way');
    pieces += 1;
  }

  await insertUpload(db, id, now);
  return {
    push: async (bytes) => {
      hash.update(bytes);
      size += bytes.length;
      waiting.push(bytes);
      waitingBytes += bytes.length;
      while (waitingBytes >= PIECE_BYTES) await storePiece();
    },
    end: async () => {
      if (waitingBytes > 0) await storePiece();
      return { uploadId: id, hash: hash.digest(), size, pieces };
    },
    discard: () => deleteUpload(db, id),
  };
}
