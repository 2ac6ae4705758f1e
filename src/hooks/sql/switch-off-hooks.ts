import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Switches hooks off for the reason. */
export async function switchOffHooks(
  db: Db,
  ids: readonly number[],
  reason: string,
  now: Date,
): Promise<void> {
  await sql`
    update hook
       set is_active = false, inactive_reason = ${reason}::text, updated_at = ${now}::timestamptz
     where id = any (${ids}::int[]) and is_active
  `.execute(db);
}
