import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface StoredAnswer {
  /** Hash of the request that the answer was given to. */
  readonly bodyHash: Buffer;
  readonly answer: string;
}

/** The answer kept under the key at `since` or later. */
export async function findStoredAnswer(db: Db, key: Buffer, since: Date): Promise<StoredAnswer | undefined> {
  const { rows } = await sql<{ body_hash: Buffer; answer: string }>`
    select body_hash, answer
    from stored_answer
    where key = ${key}::bytea and created_at >= ${since}::timestamptz
  `.execute(db);
  const row = rows[0];
  return row === undefined ? undefined : { bodyHash: row.body_hash, answer: row.answer };
}
