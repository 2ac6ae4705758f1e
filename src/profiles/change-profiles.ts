import { type Outcome, success } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { applyFieldPatch, type FieldPatch } from './field-patch.ts';
import type { ProfileShape } from './fields.ts';
import { diffIdentities, type Identity, identitiesOf, ownIdentities } from './identities.ts';
import type { ProfileState } from './profile-state.ts';
import type { RowError } from './row-error.ts';
import { lockProfileRows, type StoredProfile } from './sql/select-profiles.ts';
import { type ProfileIdentity, writeProfiles } from './sql/write-profiles.ts';
import { applySubscriptionPatches, type SubscriptionPatch } from './subscription-patch.ts';
import { storeUniqueValues } from './unique-values.ts';

/** What an item does to a profile. */
export interface ProfilePatch {
  readonly fields: FieldPatch;
  readonly subscriptions: readonly SubscriptionPatch[];
}

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

/**
 * Lays a patch over what is known of a profile.
 * @returns the same object when nothing changes.
 */
export function applyProfilePatch(
  shape: ProfileShape,
  state: ProfileState,
  patch: ProfilePatch,
  now: Date,
): Outcome<ProfileState, RowError> {
  const fields = applyFieldPatch(shape.database, state.fields, patch.fields);
  if (!fields.ok) return fields;
  const subscriptions = applySubscriptionPatches(shape, state.subscriptions, patch.subscriptions, now);
  if (!subscriptions.ok) return subscriptions;
  const isSame = fields.value === state.fields && subscriptions.value === state.subscriptions;
  return success(isSame ? state : { fields: fields.value, subscriptions: subscriptions.value });
}

/** The fault of a profile that lacks a required field, if it does. */
export function requiredFieldFault(shape: ProfileShape, { fields }: ProfileState): RowError | undefined {
  const missing = shape.requiredFields.find(({ name }) => fields[name] === undefined);
  if (missing === undefined) return undefined;
  const { name } = missing;
  return { code: 400, text: `${name}: a new profile must have a value here`, field: name };
}

function owned(profileId: string, identities: readonly Identity[]): ProfileIdentity[] {
  return identities.map((identity) => ({ ...identity, profileId }));
}

export interface CreatedProfile {
  readonly id: string;
  readonly after: ProfileState;
}

export interface ChangedProfile extends CreatedProfile {
  readonly before: ProfileState;
}

/**
 * Writes profiles that are new and profiles that have changed, with their identities and unique values. Three statements,
 * one or two more where the database has unique fields; none when there is nothing to write. The caller holds the
 * locks of the changed ones and has asked `findTakenValues` about the unique values of all.
 */
export async function storeProfiles(
  tx: Db,
  shape: ProfileShape,
  created: readonly CreatedProfile[],
  changed: readonly ChangedProfile[],
  now: Date,
): Promise<void> {
  if (created.length === 0 && changed.length === 0) return;
  await storeUniqueValues(tx, shape, created, changed);
  const own = created.flatMap(({ id, after }) => owned(id, ownIdentities(shape, after)));
  const gone: ProfileIdentity[] = [];
  const fresh: ProfileIdentity[] = [];
  for (const { id, before, after } of changed) {
    const difference = diffIdentities(identitiesOf(shape, before), identitiesOf(shape, after));
    gone.push(...owned(id, difference.gone));
    fresh.push(...owned(id, difference.fresh));
  }
  await writeProfiles(tx, shape.database.id, { created, own, changed, gone, fresh }, now);
}

/**
 * Writes what each of the profiles has become, which the caller has locked and named once each; only those that
 * change. Updates the objects in place.
 */
export async function changeProfiles(
  tx: Db,
  shape: ProfileShape,
  changes: readonly { profile: StoredProfile; after: ProfileState }[],
  now: Date,
): Promise<void> {
  const changed = changes
    .filter(
      ({ profile, after }) =>
        after.fields !== profile.fields || after.subscriptions !== profile.subscriptions,
    )
    .map(({ profile, after }) => ({ profile, id: profile.id, before: stateOf(profile), after }));
  await storeProfiles(tx, shape, [], changed, now);
  for (const { profile, after } of changed) {
    profile.fields = after.fields;
    profile.subscriptions = after.subscriptions;
    profile.updatedAt = now;
  }
}

export function stateOf({ fields, subscriptions }: ProfileState): ProfileState {
  return { fields, subscriptions };
}
