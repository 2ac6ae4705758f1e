import type { Clock, Log, Service, Signals } from '../../base/index.ts';
import { createClaimLoop, type Db } from '../../db/index.ts';
import { insertQueueAges } from '../sql/insert-queue-ages.ts';
import { readQueues } from './read-queues.ts';

const MINUTE_MS = 60_000;
/** Often enough that no minute is left out; of two looks in one minute the longer wait counts. */
const PAUSE_MS = MINUTE_MS / 2;
const KEPT_MS = 8 * 24 * 60 * MINUTE_MS;

/** Keeps how long queues are, minute by minute, for the charts. */
export function createQueueSampler(deps: { db: Db; clock: Clock; log: Log; signals: Signals }): Service {
  const { db, clock, log, signals } = deps;
  return createClaimLoop<never>({
    ...{ name: 'queue-sampler', concurrency: 1, idleMs: PAUSE_MS, clock, log, signals },
    // There is no batch: what is claimed is done with the claim.
    claim: async () => {
      const now = clock.now().getTime();
      const minute = new Date(now - (now % MINUTE_MS));
      const { ages } = await readQueues(db, clock);
      await insertQueueAges(db, minute, ages, new Date(now - KEPT_MS));
      return undefined;
    },
    work: async (none) => none,
  });
}
