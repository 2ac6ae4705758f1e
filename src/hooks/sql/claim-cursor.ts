import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Cursor } from '../cursor.ts';
import type { Hook } from '../hook.ts';
import { type HookRow, hookColumns, toHook } from './hook-row.ts';

export interface ClaimedCursor {
  readonly id: number;
  readonly hook: Hook;
  readonly next: Cursor;
  /** Null = it goes on with the log. */
  readonly end: Cursor | null;
}

/**
 * Locks a cursor that has a reason to be looked at, the one that has waited longest, until the caller's transaction
 * ends. Hooks that are switched off, or have `limit` deliveries that are not done, wait: their events stay in the log.
 */
export async function claimCursor(
  tx: Db,
  { limit, now }: { limit: number; now: Date },
): Promise<ClaimedCursor | undefined> {
  const { rows } = await sql<
    HookRow & {
      cursor_id: number;
      next_position: number;
      next_index: number;
      end_position: number | null;
      end_index: number | null;
    }
  >`
    select c.id as cursor_id, c.next_position, c.next_index, c.end_position, c.end_index, ${hookColumns}
      from hook_cursor c
      join hook h on h.id = c.hook_id
     where h.is_active
       and (c.seen_position < (select last_position from event_log where id = 1) or c.due_at <= ${now}::timestamptz)
       and (select count(*)
              from (select from hook_delivery d where d.hook_id = h.id and d.status = 'queued'
                     limit ${limit}::int) unfinished) < ${limit}::int
     order by c.looked_at, c.id
     limit 1
       for update of c skip locked
  `.execute(tx);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { next_position: position, next_index: index, end_position: end, end_index: endIndex } = row;
  return {
    id: row.cursor_id,
    hook: toHook(row),
    next: { position, index },
    end: end === null ? null : { position: end, index: endIndex ?? 0 },
  };
}
