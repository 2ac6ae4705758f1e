import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Deletes rows of the log that are older than `before`, from its beginning up to the first one that is not: what is
 * kept has no gaps. Looks at no more than `limit` rows; returns how many it has deleted.
 */
export async function purgeBatches(db: Db, before: Date, limit: number): Promise<number> {
  const { rows } = await sql<{ purged: number }>`
    with oldest as (
      select id, position, created_at
        from event_batch
       where position is not null
       order by position
       limit ${limit}::int
    ), gone as (
      delete from event_batch b
       using oldest o
       where b.id = o.id
         and o.position < coalesce((select min(position) from oldest where created_at >= ${before}::timestamptz),
                                   o.position + 1)
      returning b.position
    ), noted as (
      update event_log l set purged_position = greatest(l.purged_position, g.last)
        from (select max(position) as last from gone) g
       where g.last is not null
    )
    select count(*) as purged from gone
  `.execute(db);
  return rows[0]?.purged ?? 0;
}
