import { invalidRequest, type JsonObject } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { type Cursor, isBefore, parseCursor, printCursor } from './cursor.ts';
import { readEvents } from './read-events.ts';
import { type LogEnds, readLogEnds } from './sql/read-log-ends.ts';
import { type EventFilter, scanLog } from './sql/scan-log.ts';

/** Rows of the log that one page looks through at most, however few of them are wanted. */
const MAX_SCANNED_ROWS = 10_000;
/** Events that a page of one profile looks through at most. */
const MAX_SEARCHED_EVENTS = 20_000;

export interface FeedQuery {
  /** The `next` of the page before; undefined = from the oldest event that is kept, `end` = only what comes. */
  readonly after: string | undefined;
  readonly limit: number;
  readonly filter: Pick<EventFilter, 'types' | 'databaseIds'>;
  readonly profileId: string | undefined;
}

export interface FeedPage {
  readonly data: JsonObject[];
  readonly next: string;
  /** Whether the log goes on: a page may be short, even empty, and not be the last. */
  readonly hasMore: boolean;
}

/**
 * The place that a cursor names.
 * @throws {MusterError} 400 when it is none, when events after it were deleted, or when the log never was so long.
 */
export function resolveCursor(text: string | undefined, { last, purged }: LogEnds, field: string): Cursor {
  const oldest = { position: purged + 1, index: 0 };
  const end = { position: last + 1, index: 0 };
  if (text === undefined) return oldest;
  if (text === 'end') return end;
  const cursor = parseCursor(text);
  if (cursor === undefined) throw invalidRequest(field, 'expected the next of an earlier page');
  if (isBefore(cursor, oldest)) {
    throw invalidRequest(
      field,
      `events after ${text} were deleted, since they were kept for as long as was promised; the oldest that is kept is at ${printCursor(oldest)}`,
    );
  }
  if (isBefore(end, cursor)) {
    throw invalidRequest(field, `lies beyond the end of the log, which is at ${printCursor(end)}`);
  }
  return cursor;
}

/**
 * One page of the log, in the order in which hooks are told, which never changes.
 * @throws {MusterError} 400 for a cursor that cannot be used.
 */
export async function readFeed(db: Db, query: FeedQuery): Promise<FeedPage> {
  const ends = await readLogEnds(db);
  const from = resolveCursor(query.after, ends, 'after');
  const lastScanned = Math.min(from.position + MAX_SCANNED_ROWS - 1, ends.last);
  const wanted = query.profileId === undefined ? query.limit : MAX_SEARCHED_EVENTS;
  const rows = await scanLog(db, {
    from: from.position,
    to: lastScanned,
    // Those of the first row that were read before do not count.
    limit: wanted + from.index,
    filter: { ...query.filter, workflowIds: null, resourceIds: null },
  });
  const end = { position: lastScanned + 1, index: 0 };
  const read = await readEvents(db, rows, { from, end, limit: wanted });
  const matching = read.filter(
    ({ event }) => query.profileId === undefined || event['profile_id'] === query.profileId,
  );
  const page = matching.slice(0, query.limit);
  const isCut = matching.length > page.length || read.length === wanted;
  const lastRead = matching.length > page.length ? page.at(-1) : read.at(-1);
  // Where everything was looked through, the next page begins after it and not after the last event that was wanted.
  const next = isCut && lastRead !== undefined ? lastRead.next : isBefore(from, end) ? end : from;
  return {
    data: page.map(({ event }) => event),
    next: printCursor(next),
    hasMore: next.position <= ends.last,
  };
}
