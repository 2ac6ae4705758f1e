import type { Db } from '../db/index.ts';
import { BatchReader } from './batch-reader.ts';
import { type Cursor, isBefore } from './cursor.ts';
import type { ClaimedCursor, Unfinished } from './sql/claim-cursor.ts';
import { deleteCursor } from './sql/delete-cursor.ts';
import { insertDeliveries, type NewDelivery } from './sql/insert-deliveries.ts';
import { markMissed } from './sql/mark-missed.ts';
import { moveCursor } from './sql/move-cursor.ts';
import type { LogEnds } from './sql/read-log-ends.ts';
import { type LogRow, scanLog } from './sql/scan-log.ts';

/**
 * What a hook may have that is not done; beyond it its events wait in the log, which holds them more cheaply. So many
 * deliveries that the deliverer never waits for the cutter; `few` of them whatever their size.
 */
export const unfinishedLimits = { few: 20, deliveries: 200, bytes: 16_000_000 } as const;
/** Rows of the log that one cut reaches over: what a narrow filter looks through in one transaction. */
const MAX_SCANNED_ROWS = 10_000;
/** What one transaction makes, if that is not less than one delivery: others are waiting for their turn. */
const MAX_CUT = { deliveries: 100, events: 15_000, length: 4_000_000 } as const;

/** The stretch of the log that is cut. */
interface Stretch {
  readonly from: Cursor;
  /** Left out. */
  readonly end: Cursor;
  readonly isWhole: boolean;
}

function stretchOf({ next, end }: ClaimedCursor, { last, purged }: LogEnds): Stretch {
  const oldest = { position: purged + 1, index: 0 };
  const from = isBefore(next, oldest) ? oldest : next;
  const goal = end ?? { position: last + 1, index: 0 };
  const reach = { position: from.position + MAX_SCANNED_ROWS, index: 0 };
  return isBefore(reach, goal) ? { from, end: reach, isWhole: false } : { from, end: goal, isWhole: true };
}

/** How many events of the rows lie in the stretch. */
function countWaiting(rows: readonly LogRow[], { from, end }: Stretch): number {
  return rows.reduce((sum, { position, events }) => {
    const first = position === from.position ? from.index : 0;
    const past = position === end.position ? Math.min(end.index, events) : events;
    return sum + Math.max(0, past - first);
  }, 0);
}

/** When the oldest event from there on has waited for as long as it may. */
function fullAt(rows: readonly LogRow[], from: Cursor, timeoutSeconds: number): Date {
  const times = rows.flatMap(({ position, createdAt }) =>
    position < from.position ? [] : createdAt.getTime(),
  );
  return new Date(Math.min(...times) + timeoutSeconds * 1000);
}

/** How many deliveries one cut makes at most. */
function roomOf({ unfinished, hook }: ClaimedCursor): number {
  const byEvents = Math.max(1, Math.floor(MAX_CUT.events / hook.batchSize));
  return Math.min(unfinishedLimits.deliveries - unfinished.deliveries, MAX_CUT.deliveries, byEvents);
}

/** Whether another delivery may be made beside those that were. */
function hasRoom({ deliveries, bytes }: Unfinished, cut: { deliveries: number; length: number }): boolean {
  if (cut.length >= MAX_CUT.length) return false;
  const { few, bytes: maxBytes } = unfinishedLimits;
  return deliveries + cut.deliveries < few || bytes + cut.length < maxBytes;
}

/** Where a cut has stopped: nothing is left up to the end of the stretch, or what is left is to wait, or there is more. */
type Rest = { readonly kind: 'none' } | { readonly kind: 'waits'; readonly until: Date } | { kind: 'more' };

/**
 * Cuts batches as long as there is one to cut: it is full, or its oldest event has waited for as long as it may, or
 * everything is told again.
 */
async function cutBatches(
  { hook, end, unfinished, room }: ClaimedCursor & { room: number },
  { rows, stretch, reader }: { rows: readonly LogRow[]; stretch: Stretch; reader: BatchReader },
  now: Date,
): Promise<{ batches: NewDelivery[]; rest: Rest }> {
  const batches: NewDelivery[] = [];
  let length = 0;
  let left = countWaiting(rows, stretch);
  while (left > 0) {
    if (batches.length === room || !hasRoom(unfinished, { deliveries: batches.length, length })) {
      return { batches, rest: { kind: 'more' } };
    }
    // What fills all that is looked at goes, or a narrow filter with a long time limit would never get past it.
    if (left < hook.batchSize && end === null && stretch.isWhole) {
      const until = fullAt(rows, reader.next, hook.batchTimeoutSeconds);
      if (until > now) return { batches, rest: { kind: 'waits', until } };
    }
    const batch = await reader.read();
    batches.push(batch);
    length += batch.body.length;
    left -= batch.events;
  }
  // The rows end where they hold as many events as there is room for: there may be more of them.
  return { batches, rest: { kind: batches.length === room ? 'more' : 'none' } };
}

/**
 * Looks from a cursor along the log and cuts the batches that there are to cut, as many as there is room for. The cursor
 * moves with them, and past what nobody wants. In a transaction, under the lock of the cursor.
 * @returns how many deliveries were made.
 */
export async function cutDeliveries(
  tx: Db,
  cursor: ClaimedCursor,
  ends: LogEnds,
  now: Date,
): Promise<number> {
  const { id, hook, next, end } = cursor;
  const stretch = stretchOf(cursor, ends);
  const { from } = stretch;
  if (isBefore(next, from)) await markMissed(tx, hook.id, now);
  // A replay whose stretch was deleted meanwhile.
  if (end !== null && !isBefore(from, stretch.end)) {
    await deleteCursor(tx, id);
    return 0;
  }
  const room = roomOf(cursor);
  const seen = stretch.end.index === 0 ? stretch.end.position - 1 : stretch.end.position;
  const rows = await scanLog(tx, {
    from: from.position,
    to: seen,
    limit: hook.batchSize * room + from.index,
    filter: hook.filter,
  });
  const reader = new BatchReader(tx, hook, rows, stretch);
  const { batches, rest } = await cutBatches({ ...cursor, room }, { rows, stretch, reader }, now);
  await insertDeliveries(tx, hook.id, batches, now);
  const after = reader.next;
  const isOver = end !== null && (rest.kind === 'none' ? stretch.isWhole : !isBefore(after, end));
  if (isOver) await deleteCursor(tx, id);
  else if (rest.kind === 'waits') await moveCursor(tx, id, { next: after, seen, dueAt: rest.until }, now);
  else if (rest.kind === 'more') {
    await moveCursor(tx, id, { next: after, seen: after.position - 1, dueAt: now }, now);
  } else {
    await moveCursor(tx, id, { next: stretch.end, seen, dueAt: stretch.isWhole ? null : now }, now);
  }
  return batches.length;
}
