import { type Clock, MusterError } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { type Backlog, readBacklog } from '../sql/read-backlog.ts';

const MAX_PAUSE_SECONDS = 3_600;
/** Where no row of the waiting tasks was imported yet, so that there is no rate. */
const UNKNOWN_PAUSE_SECONDS = 60;

/** After how many seconds there is room again if the work goes on as it has: at least 1, at most an hour. */
function pauseSeconds({ waiting, done, since }: Backlog, maxWaitingRows: number, now: Date): number {
  if (since === null || done === 0) return UNKNOWN_PAUSE_SECONDS;
  const workedMs = Math.max(1, now.getTime() - since.getTime());
  const seconds = Math.ceil(((waiting - maxWaitingRows) * workedMs) / done / 1000);
  return Math.min(MAX_PAUSE_SECONDS, Math.max(1, seconds));
}

/**
 * Lets a new task in as long as no more than so many rows wait, whatever its own number: a limit to what piles up, not
 * to what one request brings.
 * @throws {MusterError} 429 with the seconds after which to try again.
 */
export async function requireRoom(db: Db, clock: Clock, maxWaitingRows: number): Promise<void> {
  const backlog = await readBacklog(db);
  if (backlog.waiting <= maxWaitingRows) return;
  const retryAfterSeconds = pauseSeconds(backlog, maxWaitingRows, clock.now());
  throw new MusterError(429, {
    detail: `${backlog.waiting} rows wait to be imported; try again in ${retryAfterSeconds} s`,
    retryAfterSeconds,
  });
}
