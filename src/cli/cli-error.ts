/** How a command ended, as its exit code. */
export const exitCodes = { ok: 0, failed: 1, unable: 2, interrupted: 130 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What a person can mend, in one line that says what failed and what to do. Ends with exit code 2. */
export class CliError extends Error {
  /** What to type or look at next; absent where the message says it. */
  readonly advice: string | undefined;

  constructor(message: string, advice?: string) {
    super(message);
    this.name = 'CliError';
    this.advice = advice;
  }
}

/** Ctrl-C. `hint` says how to go on; ends with exit code 130. */
export class Interrupted extends Error {
  constructor(hint: string) {
    super(hint);
    this.name = 'Interrupted';
  }
}
