import { type Db, withTx } from '../../db/index.ts';
import { lockRuns } from '../sql/lock-runs.ts';
import { type EndedCall, type SettledCall, settleCalls } from '../sql/settle-calls.ts';
import { writeCallEvents } from './call-events.ts';

/** Writes the events of calls that are settled for good, in the transaction that settles them. */
export type WriteCallEvents = (tx: Db, calls: readonly EndedCall[], now: Date) => Promise<void>;

/**
 * Writes outcomes with their events, and lets the runs go on that wait for them, in one transaction: first it locks the
 * runs, then their calls.
 * @returns how many outcomes were written: not those of claims that others have taken over.
 */
export async function settleOutcomes(
  db: Db,
  outcomes: readonly SettledCall[],
  now: Date,
  tell: WriteCallEvents = writeCallEvents,
): Promise<number> {
  return withTx(db, async (tx) => {
    await lockRuns(tx, outcomes);
    const { written, ended } = await settleCalls(tx, outcomes, now);
    if (ended.length > 0) await tell(tx, ended, now);
    return written;
  });
}
