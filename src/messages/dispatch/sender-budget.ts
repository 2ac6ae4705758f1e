import type { BreakerChange } from '../../budgets/index.ts';
import type { Db } from '../../db/index.ts';

/** How much may go out by one sender, of all workers together. Null = no limit of that kind. */
export interface SenderLimits {
  readonly concurrency: number | null;
  readonly perSecond: number | null;
}

export interface SenderAllowance {
  /** How many of the `wanted` may be claimed while `underWay` are claimed and their leases hold. */
  grant(wanted: number, underWay: number): number;
  /** When there will be more, where waiting is what helps; null = nothing of that kind lacks. */
  readonly nextAt: Date | null;
}

/** How the tries of one write have ended. */
export interface Reach {
  reached: number;
  unreachable: number;
  reason: string | null;
}

/** The limits and the breaker of places outside. */
export interface SenderBudgets {
  /** Locks the budget until the transaction ends. */
  open(tx: Db, key: string, defaults: SenderLimits, now: Date): Promise<SenderAllowance>;
  /** Takes what was claimed out of the budget that the transaction has opened. */
  take(tx: Db, key: string, taken: number, now: Date): Promise<void>;
  /** Tells the breaker how tries have ended. @returns what has become of it, where something has. */
  report(db: Db, key: string, tries: Reach, now: Date): Promise<BreakerChange | undefined>;
}

export function senderKey(senderId: number): string {
  return `sender ${senderId}`;
}
