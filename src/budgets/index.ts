/** Level 2: how much may go to one place at once and in a second, shared by all workers, and when to leave it alone. */
export type { BreakerChange, BreakerState, BudgetLimits, BudgetState } from './budget.ts';
export { listBudgets, removeBudget, reportReach, setBudget } from './budgets.ts';
export { createDispatcher } from './dispatch/create-dispatcher.ts';
export type {
  Claimed,
  ClaimOrder,
  Dispatch,
  DueSearch,
  EndedClaim,
  Ending,
  Turn,
} from './dispatch/dispatch.ts';
export { findDuePlaces } from './dispatch/sql/find-due-places.ts';
export type { OutboxTable } from './dispatch/sql/outbox-table.ts';
export { pickDue } from './dispatch/sql/pick-due.ts';
export { type Allowance, openBudget, takeFromBudget } from './open-budget.ts';
export { closeBreaker } from './sql/close-breaker.ts';
