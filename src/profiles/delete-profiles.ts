import { slotOf } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import type { ProfileShape } from './fields.ts';
import { identitiesOf, uniqueValuesOf } from './identities.ts';
import { deleteProfileRows } from './sql/delete-profile-rows.ts';
import { deleteUniqueValues } from './sql/delete-unique-values.ts';
import type { StoredProfile } from './sql/select-profiles.ts';

/**
 * Deletes profiles with all that they are found by, and gives up their unique values. Two statements whatever their
 * number, one where the database has no unique fields.
 * @param profiles locked by the caller's transaction.
 */
export async function deleteProfiles(
  tx: Db,
  shape: ProfileShape,
  profiles: readonly StoredProfile[],
): Promise<void> {
  if (profiles.length === 0) return;
  const databaseId = shape.database.id;
  const values = profiles.flatMap(({ id, fields }) =>
    uniqueValuesOf(shape, fields).map(({ kind, value }) => ({
      ...{ slot: slotOf(value), kind, value, profileId: id },
    })),
  );
  if (values.length > 0) await deleteUniqueValues(tx, databaseId, values);
  const identities = profiles.flatMap((profile) =>
    identitiesOf(shape, profile).map((identity) => ({ ...identity, profileId: profile.id })),
  );
  await deleteProfileRows(
    tx,
    databaseId,
    profiles.map(({ id }) => id),
    identities,
  );
}
