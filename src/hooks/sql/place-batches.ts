import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Gives the next positions to at most `limit` committed rows that have none, by their ids, and returns how many. To
 * be called under the lock, in a statement of its own: it must see the end that the last holder has left.
 */
export async function placeBatches(tx: Db, limit: number): Promise<number> {
  const { rows } = await sql<{ placed: number }>`
    with unplaced as (
      select id from event_batch where position is null order by id limit ${limit}::int
    ), numbered as (
      select u.id, l.last_position + row_number() over (order by u.id) as position
        from unplaced u
       cross join event_log l
    ), placed as (
      update event_batch b set position = n.position from numbered n where b.id = n.id returning b.position
    ), moved as (
      update event_log l set last_position = p.last
        from (select max(position) as last from placed) p
       where p.last is not null
    )
    select count(*) as placed from placed
  `.execute(tx);
  return rows[0]?.placed ?? 0;
}
