import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** After a log-in that succeeded: forgets the keys `cleared`, and takes one failure, the one just counted, off the others. */
export async function settleLoginAttempts(
  db: Db,
  { cleared, takenBack }: { cleared: readonly string[]; takenBack: readonly string[] },
): Promise<void> {
  await sql`
    with gone as (
      delete from login_attempt where key = any (${[...cleared]}::text[])
    )
    update login_attempt
    set failures = greatest(failures - 1, 0), blocked_until = null
    where key = any (${[...takenBack]}::text[])
  `.execute(db);
}
