import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { BudgetLimits } from '../budget.ts';

/** Sets the limits of a budget; its bucket and its breaker stay as they are. */
export async function upsertBudget(db: Db, key: string, limits: BudgetLimits, now: Date): Promise<void> {
  await sql`
    insert into budget as b (key, concurrency, per_second, refilled_at, updated_at)
    values (${key}::text, ${limits.concurrency}::int, ${limits.perSecond}::float8, ${now}::timestamptz,
            ${now}::timestamptz)
    on conflict (key) do update
       set concurrency = excluded.concurrency, per_second = excluded.per_second, updated_at = excluded.updated_at
  `.execute(db);
}
