import { type Db, withTx } from '../db/index.ts';
import { deleteOldFiles } from './sql/delete-old-files.ts';
import { deleteOldUploads } from './sql/delete-old-uploads.ts';
import { deletePieces } from './sql/delete-pieces.ts';
import { deleteUnusedContents } from './sql/delete-unused-contents.ts';
import { lockContentsToDelete } from './sql/lock-contents-to-delete.ts';

/**
 * Deletes at most `limit` files that were last used before `before`, and the contents that no file has any more;
 * returns how many files. A file counts as used when it is uploaded and whenever a request names or brings it, and
 * until the moment that `keepFilesUntil` was told.
 */
export async function purgeFiles(db: Db, before: Date, limit: number): Promise<number> {
  return withTx(db, async (tx) => {
    const { files, contentIds } = await deleteOldFiles(tx, before, limit);
    if (contentIds.length > 0) {
      // First the lock, then the look: a file that somebody gives to the content at this moment is seen.
      await lockContentsToDelete(tx, contentIds);
      await deleteUnusedContents(tx, contentIds);
    }
    return files;
  });
}

/**
 * Deletes what is left of at most `limit` uploads that began before `before` and were never ended, because their
 * process died; returns how many. `before` must lie further back than an upload can last: the server allows five
 * minutes.
 */
export async function purgeUploads(db: Db, before: Date, limit: number): Promise<number> {
  return withTx(db, async (tx) => {
    const ids = await deleteOldUploads(tx, before, limit);
    // A statement of its own: it sees the pieces that were stored while the delete waited for its locks.
    if (ids.length > 0) await deletePieces(tx, ids);
    return ids.length;
  });
}
