import type { Db } from '../db/index.ts';
import { findStoredAnswer, type StoredAnswer } from './sql/find-stored-answer.ts';
import { insertStoredAnswer } from './sql/insert-stored-answer.ts';

export type { StoredAnswer };

/**
 * Keeps the answer of a request under its key, in the transaction of the caller that does the request's work. While
 * another transaction holds the same key this waits for its end: when that one commits, its answer is returned and the
 * caller must roll back; when it rolls back, this one is stored. A row older than `since` counts as gone.
 */
export async function storeAnswer(
  tx: Db,
  entry: { key: Buffer; bodyHash: Buffer; answer: string; now: Date; since: Date },
): Promise<'stored' | StoredAnswer> {
  if (await insertStoredAnswer(tx, entry)) return 'stored';
  // A statement of its own: under READ COMMITTED it sees the row that the insert has just waited for.
  const existing = await findStoredAnswer(tx, entry.key, entry.since);
  if (existing === undefined) throw new Error('a stored answer vanished between two statements');
  return existing;
}
