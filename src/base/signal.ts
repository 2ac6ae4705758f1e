/** Every place where a test may stop or kill the process: one for each row of the table in DESIGN.md 3. */
export const failPoints = [
  'accept.before-commit',
  'accept.after-commit',
  'import.claimed',
  'import.before-commit',
  'import.after-commit',
  'engine.claimed',
  'engine.before-commit',
  'engine.after-commit',
  'call.claimed',
  'call.after-send',
  'call.after-settle',
  'message.claimed',
  'message.after-send',
  'message.after-settle',
  'hook.before-cut',
  'hook.claimed',
  'hook.after-send',
  'hook.after-settle',
  'build.claimed',
  'build.before-commit',
] as const;

export type FailPoint = (typeof failPoints)[number];

/** What a running part tells those who wait for it. In production nobody listens and each call costs nothing. */
export interface Signals {
  /** Passes a fail point. In production this does nothing. */
  reach(point: FailPoint): Promise<void> | void;
  /** Says that a loop has looked for work and found none, or has finished a batch of so many rows. */
  report(loop: string, event: 'idle' | 'settled', rows: number): void;
}

export const noSignals: Signals = { reach: () => {}, report: () => {} };

/** Signals that kill this process as `kill -9` does when `point` is reached for the `nth` time (1 = the first). */
export function killAt(point: FailPoint, nth: number): Signals {
  let reached = 0;
  return {
    report: () => {},
    reach: (here) => {
      if (here !== point) return;
      reached += 1;
      if (reached < nth) return;
      process.kill(process.pid, 'SIGKILL');
      // The kernel ends the process before this line matters; waiting keeps it from going on if delivery is late.
      return new Promise(() => {});
    },
  };
}
