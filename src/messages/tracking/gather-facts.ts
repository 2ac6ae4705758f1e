import type { Clock } from '../../base/index.ts';
import type { Fact, RecordFacts } from './fact.ts';

/** Takes single facts. Resolves when the fact is recorded, rejects when it could not be. */
export type GatherFact = (fact: Fact) => Promise<void>;

const WINDOW_MS = 25;
const MAX_BATCH = 500;

interface Waiting {
  readonly fact: Fact;
  readonly resolve: () => void;
  readonly reject: (fault: unknown) => void;
}

/** Facts that are recorded together; it is closed when it is full or its time is over. */
interface Window {
  readonly batch: Waiting[];
  readonly full: AbortController;
}

/**
 * Puts facts together that come within 25 ms, 500 at most, so that a newsletter that thousands open in one minute
 * costs some transactions a second and not one for each of them.
 */
export function createFactGatherer(record: RecordFacts, clock: Clock): GatherFact {
  let open: Window | undefined;

  async function flush(window: Window): Promise<void> {
    await clock.sleep(WINDOW_MS, window.full.signal);
    if (open === window) open = undefined;
    try {
      await record(window.batch.map(({ fact }) => fact));
      for (const { resolve } of window.batch) resolve();
    } catch (fault) {
      for (const { reject } of window.batch) reject(fault);
    }
  }

  function openWindow(): Window {
    const window = { batch: [], full: new AbortController() };
    void flush(window);
    return window;
  }

  return (fact) =>
    new Promise((resolve, reject) => {
      open ??= openWindow();
      open.batch.push({ fact, resolve, reject });
      if (open.batch.length < MAX_BATCH) return;
      open.full.abort();
      open = undefined;
    });
}
