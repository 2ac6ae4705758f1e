import type { Db } from '../db/index.ts';
import { type LoggedEvent, unpackEvents } from './event-codec.ts';
import { findForgotten } from './sql/find-forgotten.ts';
import { hasForgotten } from './sql/has-forgotten.ts';
import { readLogBodies } from './sql/read-log-bodies.ts';
import type { LogRow } from './sql/scan-log.ts';

/** A row of the log with its events; undefined = its profile was erased after it happened, so nothing of it is told. */
export interface ReadRow {
  readonly row: LogRow;
  readonly events: readonly (LoggedEvent | undefined)[];
}

/** When profiles of these events were erased, by database and id of the profile. */
async function findErased(
  db: Db,
  unpacked: readonly { row: LogRow; events: readonly LoggedEvent[] }[],
): Promise<Map<string, Date>> {
  const oldest = Math.min(...unpacked.map(({ row }) => row.createdAt.getTime()));
  // Mostly nobody was: to ask for thousands of profiles costs more than to read their events.
  if (!(await hasForgotten(db, new Date(oldest)))) return new Map();
  const ids = new Set(unpacked.flatMap(({ events }) => events.map(({ profileId }) => profileId)));
  return findForgotten(db, [...ids]);
}

/** Reads the events of rows of the log. */
export async function readLogRows(db: Db, rows: readonly LogRow[]): Promise<ReadRow[]> {
  if (rows.length === 0) return [];
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
  const erased = await findErased(db, unpacked);
  if (erased.size === 0) return unpacked;
  return unpacked.map(({ row, events }) => ({
    row,
    events: events.map((event) => {
      const at = erased.get(`${row.databaseId} ${event.profileId}`);
      return at !== undefined && at >= row.createdAt ? undefined : event;
    }),
  }));
}
