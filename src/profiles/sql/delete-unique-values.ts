import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { OwnedValue } from './insert-unique-values.ts';

/** Gives up the values that these profiles have. The caller holds the locks of the profiles. */
export async function deleteUniqueValues(
  tx: Db,
  databaseId: number,
  values: readonly OwnedValue[],
): Promise<void> {
  await sql`
    delete from unique_value u
     using json_to_recordset(${JSON.stringify(values)}::json)
        as g(slot smallint, kind int, value text, "profileId" text)
     where u.slot = g.slot and u.database_id = ${databaseId}::int and u.kind = g.kind and u.value = g.value
       and u.profile_id = g."profileId"
  `.execute(tx);
}
