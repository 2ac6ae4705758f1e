import { sql } from 'kysely';
import type { Db } from '../../../db/index.ts';
import type { DueSearch } from '../dispatch.ts';
import { type OutboxTable, placeValue, SHARES } from './outbox-table.ts';

/**
 * Places that have due rows, in order, as a search asks for them. Leaps from place to place in the index of due rows
 * (place, share, due_at), so it costs what the number of places with unsettled rows costs, however many rows they have.
 */
export async function findDuePlaces(db: Db, outbox: OutboxTable, search: DueSearch): Promise<string[]> {
  const { now, after, rest, limit } = search;
  const [table, place] = [sql.table(outbox.name), sql.ref(outbox.place)];
  const isBehind = after === '' ? sql`true` : sql`${place} > ${placeValue(outbox, after)}`;
  const { rows } = await sql<{ place: string }>`
    with recursive found as (
      (select ${place} as place from ${table} where due_at is not null and ${isBehind} order by ${place} limit 1)
      union all
      select (select ${place} from ${table} o
               where o.due_at is not null and ${place} > found.place
               order by ${place} limit 1)
        from found
       where found.place is not null
    )
    select place::text
      from found
     where place::text <> all(${[...rest]}::text[])
       and exists (
         select from generate_series(0, ${SHARES - 1}::int) s(share)
          cross join lateral (
            select from ${table} o
             where ${place} = found.place and o.share = s.share and o.due_at <= ${now}::timestamptz
             limit 1) due)
     limit ${limit}::int
  `.execute(db);
  return rows.map((row) => row.place);
}
