import { type Clock, type Log, type Service, toError } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { insertQueueAges } from '../sql/insert-queue-ages.ts';
import { readQueueAges } from './queue-ages.ts';

const MINUTE_MS = 60_000;
const KEPT_MS = 8 * 24 * 60 * MINUTE_MS;

/** Keeps how long queues are, minute by minute, for the charts. A minute that is missed is missing there, and no more. */
export function createQueueSampler({ db, clock, log }: { db: Db; clock: Clock; log: Log }): Service {
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  async function sample(): Promise<void> {
    const now = clock.now().getTime();
    const minute = new Date(now - (now % MINUTE_MS));
    await insertQueueAges(db, minute, await readQueueAges(db, clock), new Date(now - KEPT_MS));
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await clock.sleep(MINUTE_MS - (clock.now().getTime() % MINUTE_MS), stopping.signal);
      if (stopping.signal.aborted) return;
      await sample().catch((thrown: unknown) => {
        log.warn(
          { err: toError(thrown) },
          'the length of the queues could not be kept; the charts have a gap',
        );
      });
    }
  }

  return {
    name: 'queue-sampler',
    start: async () => {
      running = run();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
