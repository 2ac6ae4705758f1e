import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Cursor } from '../cursor.ts';
import type { Hook } from '../hook.ts';
import { type HookRow, hookColumns, toHook } from './hook-row.ts';

/** Deliveries that are not done, and the bytes of their bodies. */
export interface Unfinished {
  readonly deliveries: number;
  readonly bytes: number;
}

export interface ClaimedCursor {
  readonly id: number;
  readonly hook: Hook;
  readonly next: Cursor;
  /** Null = it goes on with the log. */
  readonly end: Cursor | null;
  readonly unfinished: Unfinished;
}

/**
 * Locks a cursor that has a reason to be looked at, the one that has waited longest, until the caller's transaction
 * ends. Hooks that are switched off wait, as do those that have `few` deliveries that are not done and as many, or as
 * many bytes, as `below` says: their events stay in the log.
 */
export async function claimCursor(
  tx: Db,
  { few, below, now }: { few: number; below: Unfinished; now: Date },
): Promise<ClaimedCursor | undefined> {
  const { rows } = await sql<
    HookRow & {
      cursor_id: number;
      next_position: number;
      next_index: number;
      end_position: number | null;
      end_index: number | null;
      deliveries: number;
      bytes: number;
    }
  >`
    select c.id as cursor_id, c.next_position, c.next_index, c.end_position, c.end_index, u.deliveries, u.bytes,
           ${hookColumns}
      from hook_cursor c
      join hook h on h.id = c.hook_id
     cross join lateral (
       select count(*) as deliveries, coalesce(sum(q.bytes), 0)::bigint as bytes
         from (select octet_length(d.body) as bytes
                 from hook_delivery d
                where d.hook_id = h.id and d.status = 'queued'
                limit ${below.deliveries}::int) q) u
     where h.is_active
       and (c.seen_position < (select last_position from event_log where id = 1) or c.due_at <= ${now}::timestamptz)
       and u.deliveries < ${below.deliveries}::int
       and (u.deliveries < ${few}::int or u.bytes < ${below.bytes}::bigint)
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
    unfinished: { deliveries: row.deliveries, bytes: row.bytes },
  };
}
