import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { SHARES } from './claim-calls.ts';

/**
 * Hosts that have due calls, in order, beginning behind `after`; those that `rest` are passed over. Leaps from host to
 * host in the index, so it costs what the number of hosts with unsettled calls costs, however many calls they have.
 */
export async function findDueHosts(
  db: Db,
  search: { now: Date; after: string; rest: readonly string[]; limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ host: string }>`
    with recursive found as (
      (select host from api_call where due_at is not null and host > ${search.after}::text order by host limit 1)
      union all
      select (select c.host from api_call c
               where c.due_at is not null and c.host > found.host
               order by c.host limit 1)
        from found
       where found.host is not null
    )
    select host
      from found
     where host <> all(${search.rest}::text[])
       and exists (
         select from generate_series(0, ${SHARES - 1}::int) s(share)
          cross join lateral (
            select from api_call c
             where c.host = found.host and c.share = s.share and c.due_at <= ${search.now}::timestamptz
             limit 1) due)
     limit ${search.limit}::int
  `.execute(db);
  return rows.map((row) => row.host);
}
