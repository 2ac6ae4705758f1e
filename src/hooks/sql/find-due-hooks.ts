import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * The ids of active hooks that have due deliveries, in order, beginning behind `after`; those that `rest` are passed over.
 * Looks at one delivery of each hook, however many it has.
 */
export async function findDueHooks(
  db: Db,
  search: { now: Date; after: string; rest: readonly string[]; limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select h.id::text as id
      from hook h
     where h.is_active
       and h.id > coalesce(nullif(${search.after}::text, '')::int, 0)
       and h.id::text <> all(${search.rest}::text[])
       and exists (
         select from hook_delivery d
          where d.hook_id = h.id and d.status = 'queued' and d.due_at <= ${search.now}::timestamptz)
     order by h.id
     limit ${search.limit}::int
  `.execute(db);
  return rows.map((row) => row.id);
}
