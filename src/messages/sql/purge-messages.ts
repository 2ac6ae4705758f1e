import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Deletes at most `limit` messages that were settled before `before`; returns how many. */
export async function purgeMessages(db: Db, before: Date, limit: number): Promise<number> {
  const { rows } = await sql<{ purged: number }>`
    with old as (
      select slot, id from message
       where settled_at < ${before}::timestamptz
       order by settled_at
       limit ${limit}::int
         for update skip locked
    ), gone as (
      delete from message m using old where m.slot = old.slot and m.id = old.id returning 1
    )
    select count(*) as purged from gone
  `.execute(db);
  return rows[0]?.purged ?? 0;
}
