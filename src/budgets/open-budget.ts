import type { Db } from '../db/index.ts';
import { type BreakerState, type BudgetLimits, breakerState } from './budget.ts';
import { insertBudget } from './sql/insert-budget.ts';
import { type LockedBudget, lockBudget } from './sql/lock-budget.ts';
import { takeTokens } from './sql/take-tokens.ts';

/** Tokens are sums of fractions: so much less than a whole one is a whole one. */
const ROUNDING = 1e-6;

/** What may go out now to the place of one budget. It holds while the transaction that has opened it does. */
export interface Allowance {
  /**
   * How many of the `wanted` may be claimed while `underWay` are claimed and their leases hold. While the breaker is
   * open none, half open one, when nothing is under way.
   */
  grant(wanted: number, underWay: number): number;
  /** When there will be more, where waiting is what helps (a token, the breaker); null = nothing of that kind lacks. */
  readonly nextAt: Date | null;
  readonly breaker: BreakerState;
  /** Whether what is claimed must be taken out of it; without a rate there is nothing to take from. */
  readonly hasRate: boolean;
}

function nextAt({ retryAt, tokens, perSecond }: LockedBudget, now: Date): Date | null {
  if (retryAt !== null && retryAt > now) return retryAt;
  if (tokens === null || perSecond === null || tokens + ROUNDING >= 1) return null;
  return new Date(now.getTime() + Math.ceil(((1 - tokens) * 1000) / perSecond));
}

/**
 * Opens a budget for a claim, and makes it when it is not there: it is locked until the transaction ends, so that
 * workers claim for it one after the other, and its bucket is filled up to now. In the same transaction: count what is
 * under way, claim what is granted, `takeFromBudget`. The lock comes before those of the rows that are claimed.
 * @param defaults what holds where an operator has set nothing.
 */
export async function openBudget(tx: Db, key: string, defaults: BudgetLimits, now: Date): Promise<Allowance> {
  let locked = await lockBudget(tx, key, defaults, now);
  while (locked === undefined) {
    await insertBudget(tx, key, now);
    locked = await lockBudget(tx, key, defaults, now);
  }
  const { concurrency, tokens, retryAt } = locked;
  const breaker = breakerState(retryAt, now);
  return {
    breaker,
    hasRate: tokens !== null,
    nextAt: nextAt(locked, now),
    grant: (wanted, underWay) => {
      if (breaker === 'open') return 0;
      const room = breaker === 'half_open' ? 1 - underWay : (concurrency ?? Infinity) - underWay;
      return Math.max(0, Math.min(wanted, room, Math.floor((tokens ?? Infinity) + ROUNDING)));
    },
  };
}

/** Takes what was claimed out of the budget that the transaction has opened. */
export async function takeFromBudget(tx: Db, key: string, taken: number, now: Date): Promise<void> {
  if (taken > 0) await takeTokens(tx, key, taken, now);
}
