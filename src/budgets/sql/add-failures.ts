import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Unreachable so often in a row, and nothing more is tried for a while. */
const OPEN_AT = 5;
const FIRST_OPEN_SECONDS = 5;
const MAX_OPEN_SECONDS = 300;

/**
 * Counts failures. The breaker opens at the fifth in a row, and again, twice as long as before, when what it let
 * through half open has failed. Failures that come in while it is open were under way before, and change nothing.
 * @returns whether it was closed and is open now.
 */
export async function addFailures(
  db: Db,
  key: string,
  failed: { failures: number; reason: string | null },
  now: Date,
): Promise<boolean> {
  const { rows } = await sql<{ has_opened: boolean }>`
    update budget
       set failures = failures + ${failed.failures}::int,
           opened_at = case when retry_at is not null or failures + ${failed.failures}::int >= ${OPEN_AT}::int
                            then coalesce(opened_at, ${now}::timestamptz) end,
           retry_at = case when retry_at is not null or failures + ${failed.failures}::int >= ${OPEN_AT}::int
                           then ${now}::timestamptz + make_interval(secs => least(
                                  ${MAX_OPEN_SECONDS}::float8, ${FIRST_OPEN_SECONDS}::float8 * 2 ^ least(opens, 20))) end,
           opens = case when retry_at is not null or failures + ${failed.failures}::int >= ${OPEN_AT}::int
                        then opens + 1 else 0 end,
           reason = ${failed.reason}::text,
           updated_at = ${now}::timestamptz
     where key = ${key}::text and (retry_at is null or retry_at <= ${now}::timestamptz)
    returning opens = 1 as has_opened
  `.execute(db);
  return rows[0]?.has_opened ?? false;
}
