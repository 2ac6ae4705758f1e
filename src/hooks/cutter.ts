import type { Clock, Log, Signals } from '../base/index.ts';
import { type ClaimLoop, createClaimLoop, type Db, withTx } from '../db/index.ts';
import { cutDelivery } from './cut-delivery.ts';
import { claimCursor } from './sql/claim-cursor.ts';
import { readLogEnds } from './sql/read-log-ends.ts';

const IDLE_MS = 500;
/** Deliveries of one hook that are not done; beyond them its events wait in the log, which holds them more cheaply. */
const MAX_UNFINISHED = 20;

/** The loop that cuts deliveries out of the log. A delivery and the move of its hook's cursor commit together. */
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
        const cursor = await claimCursor(tx, { limit: MAX_UNFINISHED, now });
        if (cursor === undefined) return undefined;
        // Under the lock: it lies no nearer than the end that the last holder of the cursor has seen.
        const ends = await readLogEnds(tx);
        const isCut = await cutDelivery(tx, cursor, ends, now);
        await signals.reach('hook.before-cut');
        return isCut ? 1 : 0;
      }),
    work: async (cut) => {
      if (cut > 0) wakeDeliverer();
      return cut;
    },
  });
}
