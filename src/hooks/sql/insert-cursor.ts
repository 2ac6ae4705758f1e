import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Cursor } from '../cursor.ts';

/** Lets a hook be told the log from `from` on; up to `end`, which is left out, or for good where it is null. */
export async function insertCursor(
  db: Db,
  hookId: number,
  { from, end }: { from: Cursor; end: Cursor | null },
  now: Date,
): Promise<void> {
  await sql`
    insert into hook_cursor (hook_id, next_position, next_index, end_position, end_index, seen_position, looked_at)
    values (${hookId}::int, ${from.position}::bigint, ${from.index}::int, ${end?.position ?? null}::bigint,
            ${end?.index ?? null}::int, ${from.position - 1}::bigint, ${now}::timestamptz)
  `.execute(db);
}
