import { sql } from 'kysely';
import { slotOf } from '../../base/index.ts';
import { CopyRows, copyRows, type Db } from '../../db/index.ts';
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
  /** Identities of the created ones, each once. */
  readonly own: readonly ProfileIdentity[];
  readonly changed: readonly ProfileWrite[];
  /** Identities that the changed ones have lost, and those that they have gained. */
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

const COPY_PROFILES =
  'copy profile (slot, database_id, id, fields, subscriptions, created_at, updated_at) from stdin (format binary)';
const COPY_IDENTITIES =
  'copy identity (slot, database_id, kind, value, profile_id, resource_id) from stdin (format binary)';

/** Nobody knows their ids yet, so nothing of theirs can be there: neither conflicts nor locks. */
async function copyCreated(
  tx: Db,
  databaseId: number,
  { created, own }: ProfileWrites,
  now: Date,
): Promise<void> {
  const profiles = new CopyRows();
  for (const { id, after } of created) {
    profiles.row(7);
    profiles.smallint(slotOf(id));
    profiles.integer(databaseId);
    profiles.text(id);
    profiles.jsonb(after.fields);
    profiles.jsonb(after.subscriptions);
    profiles.timestamptz(now);
    profiles.timestamptz(now);
  }
  await copyRows(tx, COPY_PROFILES, profiles);
  const identities = new CopyRows();
  for (const { slot, kind, value, profileId, resourceId } of own) {
    identities.row(6);
    identities.smallint(slot);
    identities.integer(databaseId);
    identities.integer(kind);
    identities.text(value);
    identities.text(profileId);
    identities.integer(resourceId);
  }
  await copyRows(tx, COPY_IDENTITIES, identities);
}

/** Identities of changed profiles may be there already, where a field build was faster. */
async function updateChanged(tx: Db, databaseId: number, writes: ProfileWrites, now: Date): Promise<void> {
  await sql`
    with changed as (
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

/**
 * Writes new profiles with their identities, two COPYs, and changed ones with the difference of theirs, one statement,
 * whatever their number. The caller holds the locks of the changed ones.
 */
export async function writeProfiles(
  tx: Db,
  databaseId: number,
  writes: ProfileWrites,
  now: Date,
): Promise<void> {
  await copyCreated(tx, databaseId, writes, now);
  if (writes.changed.length > 0) await updateChanged(tx, databaseId, writes, now);
}
