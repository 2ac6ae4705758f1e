import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { EntryKind } from '../suppression-list.ts';

/** A contact, and an entry that would suppress it. */
export interface SuppressionKey {
  readonly contact: string;
  readonly kind: EntryKind;
  readonly value: string;
}

/**
 * The contacts that an entry of a list which counts for the database names. The limits keep the planner from reading
 * whole lists to join them with a few keys (86 ms for 1,000 keys and 200,000 entries; so it takes one probe a list).
 */
export async function selectSuppressed(
  db: Db,
  databaseId: number,
  keys: readonly SuppressionKey[],
): Promise<string[]> {
  const { rows } = await sql<{ contact: string }>`
    select distinct k.contact
      from json_to_recordset(${JSON.stringify(keys)}::json) as k(contact text, kind text, value text)
     cross join lateral (
       select
         from suppression_list l
        cross join lateral (
          select
            from suppression_entry e
           where e.list_id = l.id and e.kind = k.kind and e.value = k.value
           limit 1
        ) entry
        where l.database_ids is null or ${databaseId}::int = any (l.database_ids)
        limit 1
     ) found
  `.execute(db);
  return rows.map((row) => row.contact);
}
