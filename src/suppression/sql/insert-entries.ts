import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { EntryKind } from '../suppression-list.ts';

/** Adds the values, which are distinct, to a list that exists. Returns how many were not in it. */
export async function insertEntries(
  tx: Db,
  listId: number,
  kind: EntryKind,
  values: readonly string[],
  reason: string | null,
  now: Date,
): Promise<number> {
  // In one order, so that two that add the same values wait for each other instead of deadlocking.
  const { rows } = await sql<{ added: number }>`
    with added as (
      insert into suppression_entry (list_id, kind, value, reason, created_at)
      select ${listId}::int, ${kind}::text, value, ${reason}::text, ${now}::timestamptz
        from unnest(${[...values]}::text[]) as value
       order by value collate "C"
      on conflict do nothing
      returning 1
    )
    select count(*) as added from added
  `.execute(tx);
  return rows[0]?.added ?? 0;
}
