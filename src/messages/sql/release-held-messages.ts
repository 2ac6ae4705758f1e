import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Makes at most `limit` messages due that were held while their workflow was paused; returns how many. */
export async function releaseHeldMessages(
  db: Db,
  workflowId: number,
  limit: number,
  now: Date,
): Promise<number> {
  const { rows } = await sql<{ released: number }>`
    with held as (
      select slot, id
        from message
       where workflow_id = ${workflowId}::int and status = 'held'
       limit ${limit}::int
         for update skip locked
    ), released as (
      update message m
         set status = 'queued', due_at = ${now}::timestamptz
        from held
       where m.slot = held.slot and m.id = held.id
      returning 1
    )
    select count(*) as released from released
  `.execute(db);
  return rows[0]?.released ?? 0;
}
