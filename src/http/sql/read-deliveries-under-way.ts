import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** How many deliveries of each hook some worker has under way; hooks that have none are left out. Reads the index of those that are not done. */
export async function readDeliveriesUnderWay(db: Db, now: Date): Promise<Map<number, number>> {
  const { rows } = await sql<{ hook_id: number; deliveries: number }>`
    select hook_id, count(*) as deliveries
      from hook_delivery
     where status = 'queued' and claim_token is not null and due_at > ${now}::timestamptz
     group by hook_id
  `.execute(db);
  return new Map(rows.map((row) => [row.hook_id, row.deliveries]));
}
