import type { Clock, Log, Signals } from '../base/index.ts';
import { type ClaimLoop, createClaimLoop, type Db, withTx } from '../db/index.ts';
import { lockLogEnd } from './sql/lock-log-end.ts';
import { placeBatches } from './sql/place-batches.ts';

const IDLE_MS = 200;
const MAX_PLACED = 5_000;

/**
 * The loop that gives committed rows of the log their places in the feed. Ids are taken before a transaction commits,
 * so a reader that goes by them would pass a row whose transaction takes longer; positions are given after, one giver
 * at a time, so whoever sees one sees all before it.
 */
export function createSequencer(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly signals: Signals;
  /** Tells those who read the log that there is more. */
  readonly wakeCutter: () => void;
}): ClaimLoop {
  const { db, clock, log, signals, wakeCutter } = deps;
  return createClaimLoop<number>({
    ...{ name: 'event', concurrency: 1, idleMs: IDLE_MS, clock, log, signals },
    claim: async () => {
      const placed = await withTx(db, async (tx) =>
        (await lockLogEnd(tx)) ? placeBatches(tx, MAX_PLACED) : 0,
      );
      return placed === 0 ? undefined : placed;
    },
    work: async (placed) => {
      wakeCutter();
      return placed;
    },
  });
}
