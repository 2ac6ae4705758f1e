import type { JsonObject } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { type Cursor, isBefore } from './cursor.ts';
import { unpackEvents } from './event-codec.ts';
import { printEvent } from './print-event.ts';
import { findForgotten } from './sql/find-forgotten.ts';
import { readLogBodies } from './sql/read-log-bodies.ts';
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
  const bodies = await readLogBodies(
    db,
    rows.map(({ id }) => id),
  );
  const unpacked = await Promise.all(
    rows.map(async (row) => {
      const body = bodies.get(row.id);
      // To go on would be to leave events out without a word. Who tries again is told that they are gone.
      if (body === undefined) throw new Error('a row of the event log was deleted while it was read');
      return { row, events: await unpackEvents(body) };
    }),
  );
  const profileIds = new Set(unpacked.flatMap(({ events }) => events.map(({ profileId }) => profileId)));
  const forgotten = await findForgotten(db, [...profileIds]);
  const read: ReadEvent[] = [];
  for (const { row, events } of unpacked) {
    const { position } = row;
    for (const [index, event] of events.entries()) {
      const place = { position, index };
      if (isBefore(place, from)) continue;
      if (read.length === limit || !isBefore(place, end)) return read;
      const erasedAt = forgotten.get(`${row.databaseId} ${event.profileId}`);
      const isErased = erasedAt !== undefined && erasedAt >= row.createdAt;
      const next =
        index + 1 < events.length ? { position, index: index + 1 } : { position: position + 1, index: 0 };
      read.push({ event: printEvent(row, index, isErased ? undefined : event), next });
    }
  }
  return read;
}
