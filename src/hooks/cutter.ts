import type { Clock, Log, Signals } from '../base/index.ts';
import { type ClaimLoop, createClaimLoop, type Db, withTx } from '../db/index.ts';
import { cutDeliveries, unfinishedLimits } from './cut-deliveries.ts';
import { claimCursor } from './sql/claim-cursor.ts';
import { readLogEnds } from './sql/read-log-ends.ts';

const IDLE_MS = 500;
/** A hook that has less than half of what it may have is filled up: more for one transaction than what was just settled. */
const below = { deliveries: unfinishedLimits.deliveries / 2, bytes: unfinishedLimits.bytes / 2 };

/** The loop that cuts deliveries out of the log. Deliveries and the move of their hook's cursor commit together. */
export function createCutter(deps: {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly signals: Signals;
  /** Tells the deliverer that there is something to send. */
  readonly wakeDeliverer: () => void;
}): ClaimLoop {
  const { db, clock, log, signals, wakeDeliverer } = deps;
  return createClaimLoop<number>({
    ...{ name: 'hook-cut', concurrency: 1, idleMs: IDLE_MS, clock, log, signals },
    claim: () =>
      withTx(db, async (tx) => {
        const now = clock.now();
        const cursor = await claimCursor(tx, { few: unfinishedLimits.few, below, now });
        if (cursor === undefined) return undefined;
        // Under the lock: it lies no nearer than the end that the last holder of the cursor has seen.
        const ends = await readLogEnds(tx);
        const cut = await cutDeliveries(tx, cursor, ends, now);
        await signals.reach('hook.before-cut');
        return cut;
      }),
    work: async (cut) => {
      if (cut > 0) wakeDeliverer();
      return cut;
    },
  });
}
