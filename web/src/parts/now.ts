import { useSyncExternalStore } from 'react';

const STEP_MS = 15_000;

const readers = new Set<() => void>();
let timer: number | undefined;
let now = Date.now();

/** One timer for all that show how long ago something was. */
function subscribe(reader: () => void): () => void {
  readers.add(reader);
  timer ??= window.setInterval(() => {
    now = Date.now();
    for (const tell of readers) tell();
  }, STEP_MS);
  return () => {
    readers.delete(reader);
    if (readers.size > 0) return;
    window.clearInterval(timer);
    timer = undefined;
  };
}

/** Milliseconds since 1970, new four times a minute. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}
