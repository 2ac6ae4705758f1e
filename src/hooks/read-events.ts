import type { JsonObject } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { type Cursor, cursorAfter, isBefore } from './cursor.ts';
import { eventPrinter } from './print-event.ts';
import { readLogRows } from './read-log-rows.ts';
import type { LogRow } from './sql/scan-log.ts';

/** An event and the place of the one after it. */
export interface ReadEvent {
  readonly event: JsonObject;
  readonly next: Cursor;
}

/**
 * The events of these rows from one place up to another, which is left out; at most `limit`.
 * Those of profiles that were erased after they happened say nothing about them.
 */
export async function readEvents(
  db: Db,
  rows: readonly LogRow[],
  { from, end, limit }: { from: Cursor; end: Cursor; limit: number },
): Promise<ReadEvent[]> {
  const read: ReadEvent[] = [];
  for (const { row, events } of await readLogRows(db, rows)) {
    const print = eventPrinter(row);
    for (const [index, event] of events.entries()) {
      const place = { position: row.position, index };
      if (isBefore(place, from)) continue;
      if (read.length === limit || !isBefore(place, end)) return read;
      read.push({ event: print(index, event), next: cursorAfter(place, events.length) });
    }
  }
  return read;
}
