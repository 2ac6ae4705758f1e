import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { BudgetLimits } from '../budget.ts';

export interface LockedBudget {
  /** What holds: as set, else the default. */
  readonly concurrency: number | null;
  readonly perSecond: number | null;
  /** What the rate allows now; null = there is no rate. */
  readonly tokens: number | null;
  readonly retryAt: Date | null;
}

/**
 * Locks the budget until the transaction ends and fills its bucket up to now: a second's worth at most, at least one.
 * Without a rate nothing is written. A clock that lags behind the one that filled it last adds nothing.
 * @returns undefined when there is no such budget.
 */
export async function lockBudget(
  tx: Db,
  key: string,
  defaults: BudgetLimits,
  now: Date,
): Promise<LockedBudget | undefined> {
  const { rows } = await sql<{
    concurrency: number | null;
    rate: number | null;
    tokens: number | null;
    retry_at: Date | null;
  }>`
    with locked as (
      select key, coalesce(concurrency, ${defaults.concurrency}::int) as concurrency,
             coalesce(per_second, ${defaults.perSecond}::float8) as rate, tokens, refilled_at, retry_at
        from budget
       where key = ${key}::text
         for update
    ), filled as (
      update budget b
         set tokens = least(greatest(1, l.rate),
                            coalesce(l.tokens + l.rate * greatest(0, extract(epoch from ${now}::timestamptz - l.refilled_at)),
                                     greatest(1, l.rate))),
             refilled_at = greatest(l.refilled_at, ${now}::timestamptz)
        from locked l
       where b.key = l.key
         and (l.tokens is null or l.tokens > greatest(1, l.rate) or l.refilled_at < ${now}::timestamptz)
         and l.rate is not null
      returning b.tokens
    ), emptied as (
      update budget b
         set tokens = null
        from locked l
       where b.key = l.key and l.rate is null and l.tokens is not null
    )
    select l.concurrency, l.rate, l.retry_at,
           case when l.rate is not null then coalesce((select f.tokens from filled f), l.tokens) end as tokens
      from locked l
  `.execute(tx);
  const [row] = rows;
  return (
    row && { concurrency: row.concurrency, perSecond: row.rate, tokens: row.tokens, retryAt: row.retry_at }
  );
}
