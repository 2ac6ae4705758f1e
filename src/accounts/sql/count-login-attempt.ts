import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Counts a log-in as failed before it is known, so that those that are tried side by side count too. From the `free`th
 * on each blocks: for 30 s, then twice as long each time up to `mostSeconds`. What was not touched since `since` counts anew.
 * @returns whether it may be tried; a blocked one is not counted.
 */
export async function countLoginAttempt(
  db: Db,
  attempt: { key: string; free: number; firstSeconds: number; mostSeconds: number; since: Date; now: Date },
): Promise<boolean> {
  const { key, free, firstSeconds, mostSeconds, since, now } = attempt;
  const { rows } = await sql<{ failures: number }>`
    insert into login_attempt as a (key, failures, updated_at)
    values (${key}::text, 1, ${now}::timestamptz)
    on conflict (key) do update
    set failures = case when a.updated_at < ${since}::timestamptz then 1 else a.failures + 1 end,
        blocked_until = case
          when a.updated_at >= ${since}::timestamptz and a.failures + 1 >= ${free}::integer
          then ${now}::timestamptz + interval '1 second' * least(
            ${mostSeconds}::integer, ${firstSeconds}::integer * 2 ^ least(a.failures + 1 - ${free}::integer, 20)
          )
        end,
        updated_at = ${now}::timestamptz
    where a.blocked_until is null or a.blocked_until <= ${now}::timestamptz
    returning failures
  `.execute(db);
  return rows.length > 0;
}
