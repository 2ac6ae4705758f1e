import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Deletes at most `limit` calls that were settled before `before`; returns how many. */
export async function purgeCalls(db: Db, before: Date, limit: number): Promise<number> {
  const { rows } = await sql<{ purged: number }>`
    with old as (
      select slot, id from api_call
       where settled_at < ${before}::timestamptz
       order by settled_at
       limit ${limit}::int
         for update skip locked
    ), gone as (
      delete from api_call c using old where c.slot = old.slot and c.id = old.id returning 1
    )
    select count(*) as purged from gone
  `.execute(db);
  return rows[0]?.purged ?? 0;
}
