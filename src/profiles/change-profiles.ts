import { type JsonObject, sameJson } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import type { ProfileShape } from './fields.ts';
import { diffIdentities, type Identity, identitiesOf } from './identities.ts';
import { lockProfileRows, type StoredProfile } from './sql/select-profiles.ts';
import { type ProfileIdentity, writeProfiles } from './sql/write-profiles.ts';

/** Locks the profiles until the transaction ends, in order of id; those that exist, by id. */
export async function lockProfiles(
  tx: Db,
  databaseId: number,
  ids: readonly string[],
): Promise<Map<string, StoredProfile>> {
  if (ids.length === 0) return new Map();
  const profiles = await lockProfileRows(tx, databaseId, ids);
  return new Map(profiles.map((profile) => [profile.id, profile]));
}

/** Lays the coerced patch over the fields. Returns the same object when nothing changes. */
export function mergeFields(fields: JsonObject, patch: JsonObject): JsonObject {
  for (const name of Object.keys(patch)) {
    if (!sameJson(fields[name], patch[name])) return { ...fields, ...patch };
  }
  return fields;
}

function owned(profileId: string, identities: readonly Identity[]): ProfileIdentity[] {
  return identities.map((identity) => ({ ...identity, profileId }));
}

/**
 * Writes profiles that are new and profiles whose fields have changed, with their identities. One statement; none when
 * there is nothing to write. The caller holds the locks of the changed ones.
 */
export async function storeProfiles(
  tx: Db,
  shape: ProfileShape,
  created: readonly { id: string; fields: JsonObject }[],
  changed: readonly { id: string; before: JsonObject; fields: JsonObject }[],
  now: Date,
): Promise<void> {
  if (created.length === 0 && changed.length === 0) return;
  const gone: ProfileIdentity[] = [];
  const fresh = created.flatMap(({ id, fields }) => owned(id, identitiesOf(shape, fields)));
  for (const { id, before, fields } of changed) {
    const difference = diffIdentities(identitiesOf(shape, before), identitiesOf(shape, fields));
    gone.push(...owned(id, difference.gone));
    fresh.push(...owned(id, difference.fresh));
  }
  await writeProfiles(tx, shape.database.id, { created, changed, gone, fresh }, now);
}

/**
 * Merges a coerced patch into each of the profiles, which the caller has locked and named once each. Writes only those
 * that change, and updates the objects in place.
 */
export async function changeProfiles(
  tx: Db,
  shape: ProfileShape,
  changes: readonly { profile: StoredProfile; patch: JsonObject }[],
  now: Date,
): Promise<void> {
  const changed = changes
    .map(({ profile, patch }) => ({
      profile,
      id: profile.id,
      before: profile.fields,
      fields: mergeFields(profile.fields, patch),
    }))
    .filter(({ before, fields }) => before !== fields);
  await storeProfiles(tx, shape, [], changed, now);
  for (const { profile, fields } of changed) {
    profile.fields = fields;
    profile.updatedAt = now;
  }
}
