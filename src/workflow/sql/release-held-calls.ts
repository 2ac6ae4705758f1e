import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Makes at most `limit` calls due that were held while their workflow was paused; returns how many. */
export async function releaseHeldCalls(
  db: Db,
  workflowId: number,
  limit: number,
  now: Date,
): Promise<number> {
  const { rows } = await sql<{ released: number }>`
    with held as (
      select slot, id
        from api_call
       where workflow_id = ${workflowId}::int and status = 'held'
       limit ${limit}::int
         for update skip locked
    ), released as (
      update api_call c
         set status = 'queued', due_at = ${now}::timestamptz
        from held
       where c.slot = held.slot and c.id = held.id
      returning 1
    )
    select count(*) as released from released
  `.execute(db);
  return rows[0]?.released ?? 0;
}
