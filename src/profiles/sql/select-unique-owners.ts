import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface UniqueOwner {
  readonly kind: number;
  readonly value: string;
  readonly profileId: string;
}

/** Those of the values that some profile has, with it. */
export async function selectUniqueOwners(
  db: Db,
  databaseId: number,
  values: readonly { slot: number; kind: number; value: string }[],
): Promise<UniqueOwner[]> {
  const { rows } = await sql<{ kind: number; value: string; profile_id: string }>`
    select u.kind, u.value, u.profile_id
      from json_to_recordset(${JSON.stringify(values)}::json) as k(slot smallint, kind int, value text)
      join unique_value u
        on u.slot = k.slot and u.database_id = ${databaseId}::int and u.kind = k.kind and u.value = k.value
  `.execute(db);
  return rows.map(({ kind, value, profile_id }) => ({ kind, value, profileId: profile_id }));
}
