import { sql } from 'kysely';
import { slotOf } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { Identity } from '../identities.ts';
import type { ProfileState } from '../profile-state.ts';

export interface ProfileIdentity extends Identity {
  readonly profileId: string;
}

interface ProfileWrite {
  readonly id: string;
  readonly after: ProfileState;
}

export interface ProfileWrites {
  readonly created: readonly ProfileWrite[];
  readonly changed: readonly ProfileWrite[];
  readonly gone: readonly ProfileIdentity[];
  readonly fresh: readonly ProfileIdentity[];
}

function toKeys(identities: readonly ProfileIdentity[]): string {
  return JSON.stringify(
    identities.map(({ slot, kind, value, resourceId, profileId }) => ({
      ...{ slot, kind, value, r: resourceId, p: profileId },
    })),
  );
}

function toRows(profiles: readonly ProfileWrite[]): string {
  return JSON.stringify(
    profiles.map(({ id, after: { fields, subscriptions } }) => ({
      slot: slotOf(id),
      id,
      fields,
      subscriptions,
    })),
  );
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
      insert into profile (slot, database_id, id, fields, subscriptions, created_at, updated_at)
      select slot, ${databaseId}::int, id, fields, subscriptions, ${now}::timestamptz, ${now}::timestamptz
        from json_to_recordset(${toRows(writes.created)}::json)
          as c(slot smallint, id text, fields jsonb, subscriptions jsonb)
    ), changed as (
      update profile p
         set fields = c.fields, subscriptions = c.subscriptions, updated_at = ${now}::timestamptz
        from json_to_recordset(${toRows(writes.changed)}::json)
          as c(slot smallint, id text, fields jsonb, subscriptions jsonb)
       where p.slot = c.slot and p.database_id = ${databaseId}::int and p.id = c.id
    ), gone as (
      delete from identity i
       using json_to_recordset(${toKeys(writes.gone)}::json)
          as g(slot smallint, kind int, value text, r int, p text)
       where i.slot = g.slot and i.database_id = ${databaseId}::int and i.kind = g.kind
         and i.value = g.value and i.profile_id = g.p and i.resource_id = g.r
    )
    insert into identity (slot, database_id, kind, value, profile_id, resource_id)
    select slot, ${databaseId}::int, kind, value, p, r
      from json_to_recordset(${toKeys(writes.fresh)}::json)
        as f(slot smallint, kind int, value text, p text, r int)
    on conflict do nothing
  `.execute(tx);
}
