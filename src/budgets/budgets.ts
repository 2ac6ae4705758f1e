import type { Db } from '../db/index.ts';
import type { BreakerChange, BudgetLimits, BudgetState } from './budget.ts';
import { addFailures } from './sql/add-failures.ts';
import { closeBreaker } from './sql/close-breaker.ts';
import { deleteBudget } from './sql/delete-budget.ts';
import { selectBudgets } from './sql/select-budgets.ts';
import { upsertBudget } from './sql/upsert-budget.ts';

/** Sets what an operator allows; null = the default of those who use the budget. */
export async function setBudget(db: Db, key: string, limits: BudgetLimits, now: Date): Promise<void> {
  await upsertBudget(db, key, limits, now);
}

/** Forgets limits and breaker; the next claim begins with the defaults. @returns whether there was such a budget. */
export async function removeBudget(db: Db, key: string): Promise<boolean> {
  return deleteBudget(db, key);
}

/** The budgets whose key begins with `prefix`, as they are stored; `now` tells open breakers from half open ones. */
export async function listBudgets(db: Db, now: Date, prefix = ''): Promise<BudgetState[]> {
  return selectBudgets(db, now, prefix);
}

/**
 * Tells the breaker of a budget how tries have ended since the last report: any answer at all is `reached`, and ends a
 * row of failures whatever else there was. Call it before the transaction that settles, not in it: a half open place must
 * be known to have failed when its one try is no longer under way, and nobody's rows are to be locked meanwhile.
 * @param tries `reason`: why the place was unreachable, for an operator.
 * @returns what has become of the breaker, for the log and the metrics.
 */
export async function reportReach(
  db: Db,
  key: string,
  tries: { readonly reached: number; readonly unreachable: number; readonly reason: string | null },
  now: Date,
): Promise<BreakerChange | undefined> {
  if (tries.reached > 0) return (await closeBreaker(db, key, now)) ? 'closed' : undefined;
  if (tries.unreachable === 0) return undefined;
  const failed = { failures: tries.unreachable, reason: tries.reason };
  return (await addFailures(db, key, failed, now)) ? 'opened' : undefined;
}
