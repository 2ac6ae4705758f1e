import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { MESSAGE_SHARES } from './claim-messages.ts';

/**
 * Senders that have due messages, in order, beginning behind `after`; those that `rest` are passed over. Leaps from
 * sender to sender in the index, so it costs what the number of senders costs, however many messages they have.
 */
export async function findDueSenders(
  db: Db,
  search: { now: Date; after: number; rest: readonly number[]; limit: number },
): Promise<number[]> {
  const { rows } = await sql<{ sender_id: number }>`
    with recursive found as (
      (select sender_id from message
        where due_at is not null and sender_id > ${search.after}::int
        order by sender_id limit 1)
      union all
      select (select m.sender_id from message m
               where m.due_at is not null and m.sender_id > found.sender_id
               order by m.sender_id limit 1)
        from found
       where found.sender_id is not null
    )
    select sender_id
      from found
     where sender_id <> all(${[...search.rest]}::int[])
       and exists (
         select from generate_series(0, ${MESSAGE_SHARES - 1}::int) s(share)
          cross join lateral (
            select from message m
             where m.sender_id = found.sender_id and m.share = s.share and m.due_at <= ${search.now}::timestamptz
             limit 1) due)
     limit ${search.limit}::int
  `.execute(db);
  return rows.map((row) => row.sender_id);
}
