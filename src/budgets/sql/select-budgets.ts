import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { type BudgetState, breakerState } from '../budget.ts';

/** Budgets whose key begins with `prefix`, in order of the key. */
export async function selectBudgets(db: Db, now: Date, prefix: string): Promise<BudgetState[]> {
  const { rows } = await sql<{
    key: string;
    concurrency: number | null;
    per_second: number | null;
    tokens: number | null;
    failures: number;
    opened_at: Date | null;
    retry_at: Date | null;
    reason: string | null;
  }>`
    select key, concurrency, per_second, tokens, failures, opened_at, retry_at, reason
      from budget
     where starts_with(key, ${prefix}::text)
     order by key
  `.execute(db);
  return rows.map((row) => ({
    key: row.key,
    limits: { concurrency: row.concurrency, perSecond: row.per_second },
    tokens: row.tokens,
    breaker: breakerState(row.retry_at, now),
    failures: row.failures,
    openedAt: row.opened_at,
    retryAt: row.retry_at,
    reason: row.reason,
  }));
}
