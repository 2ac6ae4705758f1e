import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Forgets the failures of what was reached, or is to be tried anew, and closes its breaker. What has none is neither written nor locked: every
 * settle comes by here.
 * @returns whether the breaker was open.
 */
export async function closeBreaker(db: Db, key: string, now: Date): Promise<boolean> {
  const { rows } = await sql<{ was_open: boolean }>`
    with old as (
      select key, retry_at is not null as was_open
        from budget
       where key = ${key}::text and failures > 0
         for update
    )
    update budget b
       set failures = 0, opened_at = null, retry_at = null, opens = 0, reason = null,
           updated_at = ${now}::timestamptz
      from old
     where b.key = old.key
    returning old.was_open
  `.execute(db);
  return rows[0]?.was_open ?? false;
}
