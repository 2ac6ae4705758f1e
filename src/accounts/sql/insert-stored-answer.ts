import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * One statement, so that no moment lies between looking and inserting. The conflict locks the row even where it is
 * left as it is, so a purge cannot take it away before the caller has read it.
 * @returns whether the row is now this one: inserted, or put in the place of one older than `since`.
 */
export async function insertStoredAnswer(
  tx: Db,
  entry: { key: Buffer; bodyHash: Buffer; answer: string; now: Date; since: Date },
): Promise<boolean> {
  const { rows } = await sql<{ key: Buffer }>`
    insert into stored_answer as kept (key, body_hash, answer, created_at)
    values (
      ${entry.key}::bytea, ${entry.bodyHash}::bytea, ${entry.answer}::text, ${entry.now}::timestamptz
    )
    on conflict (key) do update
    set body_hash = excluded.body_hash, answer = excluded.answer, created_at = excluded.created_at
    where kept.created_at < ${entry.since}::timestamptz
    returning key
  `.execute(tx);
  return rows.length > 0;
}
