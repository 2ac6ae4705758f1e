import { type RawBuilder, sql } from 'kysely';
import { type OutboxTable, placeValue, SHARES } from './outbox-table.ts';

/**
 * The expressions `due` and `picked` (slot, id) of a `with`: due rows of one place, as many of each share as of every
 * other, in each the longest due first. Which share comes first when there are fewer places than shares is by chance.
 */
export function pickDue(
  outbox: OutboxTable,
  { place, now, limit }: { readonly place: string; readonly now: Date; readonly limit: number },
): RawBuilder<unknown> {
  const firstShare = Math.floor(Math.random() * SHARES);
  return sql`
    due as (
      select d.slot, d.id, d.share, row_number() over (partition by d.share order by d.due_at, d.id) as nth
        from generate_series(0, ${SHARES - 1}::int) s(share)
       cross join lateral (
         select slot, id, share, due_at
           from ${sql.table(outbox.name)}
          where ${sql.ref(outbox.place)} = ${placeValue(outbox, place)} and share = s.share
            and due_at <= ${now}::timestamptz
          order by due_at
          limit ${limit}::int
       ) d
    ), picked as (
      select slot, id from due
       order by nth, (share + ${SHARES - firstShare}::int) % ${SHARES}::int
       limit ${limit}::int
    )`;
}
