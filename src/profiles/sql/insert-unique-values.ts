import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface OwnedValue {
  readonly slot: number;
  readonly kind: number;
  readonly value: string;
  readonly profileId: string;
}

/**
 * Takes the values for their profiles, those that nobody has; waits for transactions that are about to. In order of the
 * key, so that two transactions with the same values wait for each other instead of deadlocking.
 * @returns how many were taken.
 */
export async function insertUniqueValues(
  tx: Db,
  databaseId: number,
  values: readonly OwnedValue[],
): Promise<number> {
  const { rows } = await sql<{ taken: number }>`
    with taken as (
      insert into unique_value (slot, database_id, kind, value, profile_id)
      select slot, ${databaseId}::int, kind, value, "profileId"
        from json_to_recordset(${JSON.stringify(values)}::json)
          as f(slot smallint, kind int, value text, "profileId" text)
       order by slot, kind, value collate "C"
      on conflict do nothing
      returning 1
    )
    select count(*)::int as taken from taken
  `.execute(tx);
  return rows[0]?.taken ?? 0;
}
