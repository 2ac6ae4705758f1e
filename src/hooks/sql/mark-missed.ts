import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Notes that events were deleted before the hook has taken them. */
export async function markMissed(tx: Db, hookId: number, now: Date): Promise<void> {
  await sql`update hook set missed_at = ${now}::timestamptz where id = ${hookId}::int`.execute(tx);
}
