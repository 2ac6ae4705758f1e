import { sql } from 'kysely';
import { slotOf } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { ProfileIdentity } from './write-profiles.ts';

/** Deletes profiles and these identities of theirs. The caller holds the locks of the profiles. */
export async function deleteProfileRows(
  tx: Db,
  databaseId: number,
  ids: readonly string[],
  identities: readonly ProfileIdentity[],
): Promise<void> {
  const profiles = JSON.stringify(ids.map((id) => ({ slot: slotOf(id), id })));
  const keys = JSON.stringify(
    identities.map(({ slot, kind, value, profileId }) => ({ slot, kind, value, p: profileId })),
  );
  await sql`
    with gone as (
      delete from identity i
       using json_to_recordset(${keys}::json) as g(slot smallint, kind int, value text, p text)
       where i.slot = g.slot and i.database_id = ${databaseId}::int and i.kind = g.kind and i.value = g.value
         and i.profile_id = g.p
    )
    delete from profile p
     using json_to_recordset(${profiles}::json) as k(slot smallint, id text)
     where p.slot = k.slot and p.database_id = ${databaseId}::int and p.id = k.id
  `.execute(tx);
}
