import { sql } from 'kysely';
import { type JsonObject, slotOf } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { Identity } from '../identities.ts';

export interface ProfileIdentity extends Identity {
  readonly profileId: string;
}

export interface ProfileWrites {
  readonly created: readonly { readonly id: string; readonly fields: JsonObject }[];
  readonly changed: readonly { readonly id: string; readonly fields: JsonObject }[];
  readonly gone: readonly ProfileIdentity[];
  readonly fresh: readonly ProfileIdentity[];
}

function toKeys(identities: readonly ProfileIdentity[]): string {
  return JSON.stringify(
    identities.map(({ slot, kind, value, profileId }) => ({ slot, kind, value, profile_id: profileId })),
  );
}

function toRows(profiles: ProfileWrites['created']): string {
  return JSON.stringify(profiles.map(({ id, fields }) => ({ slot: slotOf(id), id, fields })));
}

/**
 * Writes new and changed profiles and the difference of their identities in one statement, whatever their number.
 * The caller holds the locks of the changed ones.
 */
export async function writeProfiles(
  tx: Db,
  databaseId: number,
  writes: ProfileWrites,
  now: Date,
): Promise<void> {
  await sql`
    with created as (
      insert into profile (slot, database_id, id, fields, created_at, updated_at)
      select slot, ${databaseId}::int, id, fields, ${now}::timestamptz, ${now}::timestamptz
        from json_to_recordset(${toRows(writes.created)}::json) as c(slot smallint, id text, fields jsonb)
    ), changed as (
      update profile p
         set fields = c.fields, updated_at = ${now}::timestamptz
        from json_to_recordset(${toRows(writes.changed)}::json) as c(slot smallint, id text, fields jsonb)
       where p.slot = c.slot and p.database_id = ${databaseId}::int and p.id = c.id
    ), gone as (
      delete from identity i
       using json_to_recordset(${toKeys(writes.gone)}::json)
          as g(slot smallint, kind int, value text, profile_id text)
       where i.slot = g.slot and i.database_id = ${databaseId}::int and i.kind = g.kind
         and i.value = g.value and i.profile_id = g.profile_id
    )
    insert into identity (slot, database_id, kind, value, profile_id)
    select slot, ${databaseId}::int, kind, value, profile_id
      from json_to_recordset(${toKeys(writes.fresh)}::json)
        as f(slot smallint, kind int, value text, profile_id text)
    on conflict do nothing
  `.execute(tx);
}
