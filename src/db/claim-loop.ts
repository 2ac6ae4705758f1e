import { backoffMs, type Clock, type Log, type Service, type Signals, toError } from '../base/index.ts';

export interface ClaimLoopOptions<Batch> {
  /** As it stands in logs, signals and metrics: `import`, `engine`, `call`. */
  readonly name: string;
  /** Batches that are worked on side by side. */
  readonly concurrency: number;
  /** The pause after a claim that found nothing, ms. `wake` cuts it short. */
  readonly idleMs: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly signals: Signals;
  /** Claims one batch of due rows with a fresh token and lease, or undefined when nothing is due. */
  readonly claim: () => Promise<Batch | undefined>;
  /** Works on the batch and settles it; returns how many rows it settled. */
  readonly work: (batch: Batch) => Promise<number>;
}

/** A loop over claimed rows; `wake` tells it that there is work now. */
export interface ClaimLoop extends Service {
  wake(): void;
}

const FIRST_FAULT_PAUSE_MS = 200;
const MAX_FAULT_PAUSE_MS = 10_000;

/**
 * The one loop behind every queue: claim → work → settle. One of the three places that catch: a fault is logged, its
 * rows become due again when their lease runs out, and the loop goes on after a growing pause. `stop` lets batches
 * under way settle and claims no more.
 */
export function createClaimLoop<Batch>(options: ClaimLoopOptions<Batch>): ClaimLoop {
  const stopping = new AbortController();
  let wakeSleepers = new AbortController();
  let lanes: Promise<void>[] = [];

  async function pause(ms: number): Promise<void> {
    await options.clock.sleep(ms, AbortSignal.any([stopping.signal, wakeSleepers.signal]));
  }

  /** @returns false when there was nothing to do. */
  async function turn(): Promise<boolean> {
    const batch = await options.claim();
    if (batch === undefined) return false;
    const rows = await options.work(batch);
    options.signals.report(options.name, 'settled', rows);
    return true;
  }

  async function run(): Promise<void> {
    let faults = 0;
    while (!stopping.signal.aborted) {
      // Taken before the claim, so that a wake-up during a claim that finds nothing is not lost.
      const wakeBefore = wakeSleepers;
      try {
        const found = await turn();
        faults = 0;
        if (found) continue;
        options.signals.report(options.name, 'idle', 0);
        if (wakeBefore === wakeSleepers) await pause(options.idleMs);
      } catch (thrown) {
        faults += 1;
        const pauseMs = backoffMs(faults, FIRST_FAULT_PAUSE_MS, MAX_FAULT_PAUSE_MS);
        options.log.error(
          { loop: options.name, err: toError(thrown), pauseMs },
          `the ${options.name} loop met a fault; its rows are tried again when their lease runs out`,
        );
        await options.clock.sleep(pauseMs, stopping.signal);
      }
    }
  }

  return {
    name: options.name,
    start: async () => {
      lanes = Array.from({ length: options.concurrency }, run);
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(lanes);
    },
    wake: () => {
      const sleeping = wakeSleepers;
      wakeSleepers = new AbortController();
      sleeping.abort();
    },
  };
}
