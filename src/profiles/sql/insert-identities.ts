import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Identities of fields that profiles have, those that are not there yet. The caller holds the locks of the profiles.
 * @param values have the kind `kind`.
 */
export async function insertIdentities(
  tx: Db,
  databaseId: number,
  kind: number,
  values: readonly { slot: number; value: string; profileId: string }[],
): Promise<void> {
  await sql`
    insert into identity (slot, database_id, kind, value, profile_id, resource_id)
    select slot, ${databaseId}::int, ${kind}::int, value, "profileId", 0
      from json_to_recordset(${JSON.stringify(values)}::json) as f(slot smallint, value text, "profileId" text)
     order by slot, value collate "C"
    on conflict do nothing
  `.execute(tx);
}
