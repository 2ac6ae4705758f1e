import type { Db } from '../db/index.ts';
import { purgeBatches } from './sql/purge-batches.ts';
import { purgeDeliveries } from './sql/purge-deliveries.ts';
import { purgeForgotten } from './sql/purge-forgotten.ts';

const DAY_MS = 86_400_000;
/** So long a delivery that was taken can be looked at and sent again; its events are in the log for longer. */
const DONE_DAYS = 3;

/**
 * Deletes, some at a time, what of the log, of deliveries and of notes of erased profiles is older than it is kept for.
 * @returns how many rows; 0 = nothing is left to delete.
 */
export async function purgeEventLog(
  db: Db,
  now: Date,
  retentionDays: number,
  limit: number,
): Promise<number> {
  const before = new Date(now.getTime() - retentionDays * DAY_MS);
  const done = new Date(now.getTime() - Math.min(DONE_DAYS, retentionDays) * DAY_MS);
  return (
    (await purgeBatches(db, before, limit)) +
    (await purgeDeliveries(db, { done, parked: before }, limit)) +
    (await purgeForgotten(db, before, limit))
  );
}
