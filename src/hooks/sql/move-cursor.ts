import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Cursor } from '../cursor.ts';

/** Where a hook stands now. `seen`: the last position that was looked at; `dueAt`: when to look again in any case. */
export async function moveCursor(
  tx: Db,
  id: number,
  to: { next: Cursor; seen: number; dueAt: Date | null },
  now: Date,
): Promise<void> {
  const { next, seen, dueAt } = to;
  await sql`
    update hook_cursor
       set next_position = ${next.position}::bigint, next_index = ${next.index}::int, seen_position = ${seen}::bigint,
           due_at = ${dueAt}::timestamptz, looked_at = ${now}::timestamptz
     where id = ${id}::int
  `.execute(tx);
}
