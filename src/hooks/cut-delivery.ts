import { isJsonObject, type JsonObject, newUuid } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { type Cursor, isBefore } from './cursor.ts';
import type { Hook } from './hook.ts';
import { type ReadEvent, readEvents } from './read-events.ts';
import type { ClaimedCursor } from './sql/claim-cursor.ts';
import { deleteCursor } from './sql/delete-cursor.ts';
import { insertDelivery } from './sql/insert-delivery.ts';
import { markMissed } from './sql/mark-missed.ts';
import { moveCursor } from './sql/move-cursor.ts';
import type { LogEnds } from './sql/read-log-ends.ts';
import { type LogRow, scanLog } from './sql/scan-log.ts';

/** Rows of the log that one batch reaches over: what a narrow filter looks through in one transaction. */
const MAX_SCANNED_ROWS = 10_000;
/** A batch of events with large data is closed before it has this many characters. */
const MAX_BODY_LENGTH = 4_000_000;

/** The stretch of the log that the next batch is cut from. */
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

/** The event as this hook tells it: what the request has given wins over what the hook adds. */
function withCustomData(event: JsonObject, { customData }: Hook): JsonObject {
  const own = event['custom_data'];
  return { ...event, custom_data: { ...customData, ...(isJsonObject(own) ? own : {}) } };
}

/** The body, and the events that it holds. */
function printBody(hook: Hook, read: readonly ReadEvent[]): { body: string; taken: readonly ReadEvent[] } {
  const texts: string[] = [];
  let length = 0;
  for (const { event } of read) {
    const text = JSON.stringify(withCustomData(event, hook));
    if (texts.length > 0 && length + text.length > MAX_BODY_LENGTH) break;
    texts.push(text);
    length += text.length;
  }
  return { body: `[${texts.join(',')}]`, taken: read.slice(0, texts.length) };
}

async function storeDelivery(tx: Db, hook: Hook, read: readonly ReadEvent[], now: Date): Promise<Cursor> {
  const { body, taken } = printBody(hook, read);
  const [first, last] = [taken[0], taken.at(-1)];
  if (first === undefined || last === undefined) throw new Error('a delivery was cut that has no events');
  const delivery = {
    ...{ id: newUuid(), hookId: hook.id, events: taken.length, body },
    firstEvent: String(first.event['event_id']),
    lastEvent: String(last.event['event_id']),
  };
  await insertDelivery(tx, delivery, now);
  return last.next;
}

/**
 * Looks from a cursor along the log and cuts one batch where there is one to cut: as soon as it is full, or its oldest
 * event has waited for as long as it may, or everything is told again. The cursor moves with it, or past what nobody
 * wants. In a transaction, under the lock of the cursor.
 * @returns whether a delivery was made.
 */
export async function cutDelivery(tx: Db, cursor: ClaimedCursor, ends: LogEnds, now: Date): Promise<boolean> {
  const { id, hook, next, end } = cursor;
  const stretch = stretchOf(cursor, ends);
  const { from } = stretch;
  if (isBefore(next, from)) await markMissed(tx, hook.id, now);
  // A replay whose stretch was deleted meanwhile.
  if (end !== null && !isBefore(from, stretch.end)) {
    await deleteCursor(tx, id);
    return false;
  }
  const rows = await scanLog(tx, {
    from: from.position,
    to: stretch.end.index === 0 ? stretch.end.position - 1 : stretch.end.position,
    limit: hook.batchSize + from.index,
    filter: hook.filter,
  });
  const waiting = countWaiting(rows, stretch);
  const seen = stretch.end.index === 0 ? stretch.end.position - 1 : stretch.end.position;
  if (waiting === 0) {
    if (end !== null && stretch.isWhole) await deleteCursor(tx, id);
    else {
      await moveCursor(tx, id, { next: stretch.end, seen, dueAt: stretch.isWhole ? null : now }, now);
    }
    return false;
  }
  const oldest = Math.min(...rows.map(({ createdAt }) => createdAt.getTime()));
  const fullAt = new Date(oldest + hook.batchTimeoutSeconds * 1000);
  // What fills all that is looked at goes, or a narrow filter with a long time limit would never get past it.
  const isReady = waiting >= hook.batchSize || fullAt <= now || end !== null || !stretch.isWhole;
  if (!isReady) {
    await moveCursor(tx, id, { next: from, seen, dueAt: fullAt }, now);
    return false;
  }
  const read = await readEvents(tx, rows, { from, end: stretch.end, limit: hook.batchSize });
  const after = await storeDelivery(tx, hook, read, now);
  if (end !== null && !isBefore(after, end)) await deleteCursor(tx, id);
  else await moveCursor(tx, id, { next: after, seen: after.position - 1, dueAt: now }, now);
  return true;
}
