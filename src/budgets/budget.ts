/** How much may go to one place at once and in a second, for all workers together. Null = no limit of that kind. */
export interface BudgetLimits {
  readonly concurrency: number | null;
  readonly perSecond: number | null;
}

export type BreakerState = 'closed' | 'open' | 'half_open';

/** What has become of a breaker. One that stays open because its try has failed is none of these. */
export type BreakerChange = 'opened' | 'closed';

export interface BudgetState {
  /** Such as `host https://api.example`, `sender 3`, `hook 5`. */
  readonly key: string;
  /** As an operator has set them; null = the default of those who use the budget. */
  readonly limits: BudgetLimits;
  /** What the rate allowed when it was last looked at; null = there is no rate. */
  readonly tokens: number | null;
  readonly breaker: BreakerState;
  /** Unreachable so often since it was last reached. */
  readonly failures: number;
  readonly openedAt: Date | null;
  /** When one try is let through; null = the breaker is closed. */
  readonly retryAt: Date | null;
  /** Why it was unreachable; null = it was not. */
  readonly reason: string | null;
}

/** The state of a breaker whose row says `retryAt`. */
export function breakerState(retryAt: Date | null, now: Date): BreakerState {
  if (retryAt === null) return 'closed';
  return retryAt > now ? 'open' : 'half_open';
}
