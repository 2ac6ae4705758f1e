import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Deletes at most `limit` deliveries that were done, or parked, before these times; returns how many. */
export async function purgeDeliveries(
  db: Db,
  before: { done: Date; parked: Date },
  limit: number,
): Promise<number> {
  const { rows } = await sql<{ purged: number }>`
    with old as (
      select id from hook_delivery
       where settled_at < case status when 'done' then ${before.done}::timestamptz
                                      else ${before.parked}::timestamptz end
         and settled_at < ${before.done}::timestamptz
       order by settled_at
       limit ${limit}::int
         for update skip locked
    ), gone as (
      delete from hook_delivery d using old where d.id = old.id returning 1
    )
    select count(*) as purged from gone
  `.execute(db);
  return rows[0]?.purged ?? 0;
}
