import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** How many deliveries of a hook are not done. */
export async function countDeliveries(db: Db, hookId: number): Promise<{ queued: number; parked: number }> {
  const { rows } = await sql<{ queued: number; parked: number }>`
    select (select count(*) from hook_delivery where hook_id = ${hookId}::int and status = 'queued') as queued,
           (select count(*) from hook_delivery where hook_id = ${hookId}::int and status = 'parked') as parked
  `.execute(db);
  return rows[0] ?? { queued: 0, parked: 0 };
}
