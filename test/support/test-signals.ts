import type { FailPoint, Signals } from '../../src/base/index.ts';

/** A part that has come to a fail point and stays there until the test lets it go on. */
export interface Hold {
  /** Resolves when somebody has come to the point. */
  readonly reached: Promise<void>;
  release(): void;
}

export interface TestSignals extends Signals {
  /** Resolves at the next report of that event by the loop, with its number of rows. Call it before what causes it. */
  until(loop: string, event: 'idle' | 'settled'): Promise<number>;
  /** Holds whoever comes next to the point; those who come later pass. */
  hold(point: FailPoint): Hold;
}

/** Signals that a test waits for, so that it needs no pause and no guess how long something takes. */
export function createTestSignals(): TestSignals {
  const waiting: { loop: string; event: string; resolve: (rows: number) => void }[] = [];
  const holds: { point: FailPoint; arrive: () => void; gone: Promise<void> }[] = [];
  return {
    until: (loop, event) => new Promise((resolve) => waiting.push({ loop, event, resolve })),
    hold: (point) => {
      const reached = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      holds.push({ point, arrive: reached.resolve, gone: released.promise });
      return { reached: reached.promise, release: released.resolve };
    },
    reach: (here) => {
      const at = holds.findIndex(({ point }) => point === here);
      const [held] = at < 0 ? [] : holds.splice(at, 1);
      held?.arrive();
      return held?.gone;
    },
    report: (loop, event, rows) => {
      const told = waiting.filter((one) => one.loop === loop && one.event === event);
      for (const one of told) waiting.splice(waiting.indexOf(one), 1);
      for (const one of told) one.resolve(rows);
    },
  };
}
