import type { Db } from '../db/index.ts';
import { insertContents, type NewContent } from './sql/insert-contents.ts';
import { lockContents } from './sql/lock-contents.ts';

/** How often a content may vanish between two statements before something else is wrong. */
const MAX_ATTEMPTS = 5;

/**
 * Makes sure of the contents, each hash once in `contents`, and keeps them from being purged until `tx` ends. A hash
 * that is stored already stays as it is and is not written to, so that requests with the same attachment do not wait
 * for each other.
 * @returns the id by hash in hex: that of `contents` where it was new, for whose pieces the caller must care.
 */
export async function keepContents(
  tx: Db,
  contents: readonly NewContent[],
  now: Date,
): Promise<ReadonlyMap<string, string>> {
  const hashes = contents.map(({ hash }) => hash);
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    await insertContents(tx, contents, now);
    // A statement of its own: it sees what the insert has waited for. Between the two a purge may take one away.
    const ids = await lockContents(tx, hashes);
    if (ids.size === contents.length) return ids;
  }
  throw new Error('contents of files vanish as soon as they are stored');
}
