import { type Clock, type JsonObject, type Log, slotOf } from '../../base/index.ts';
import { type Db, withTx } from '../../db/index.ts';
import { forgetProfileEvents } from '../../hooks/index.ts';
import { forgetMessages } from '../../messages/index.ts';
import { deleteProfiles, loadShape } from '../../profiles/index.ts';
import { forgetMembers } from '../../segments/index.ts';
import { endRunsOfProfiles } from '../../workflow/index.ts';
import { importRules } from '../requests/import-rules.ts';
import { type Authorize, prepareImport } from '../requests/prepare-import.ts';
import { addRunCounts } from '../sql/add-run-counts.ts';
import { lockOneProfile } from './find-one.ts';

export interface DeleteDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly wakeEngine: () => void;
}

/**
 * Deletes the one profile that a request means, what it is found by, and what its runs hold of it; its runs end. All in
 * one transaction. Locks: lanes, the profile, its runs, their tasks.
 * @param accept runs in that transaction; when it throws, nothing is deleted.
 * @throws {MusterError} as `findOneProfile` does.
 */
export async function deleteProfile(
  { db, clock }: DeleteDeps,
  body: JsonObject,
  authorize: Authorize,
  accept: (tx: Db, profileId: string) => Promise<void>,
): Promise<{ profileId: string }> {
  const prepared = await prepareImport(db, body, importRules.delete, 1, authorize);
  return withTx(db, async (tx) => {
    const profile = await lockOneProfile(tx, prepared);
    // Read again: of a field that has become a match field or unique since, the values go as well.
    await deleteProfiles(tx, await loadShape(tx, profile.databaseId), [profile]);
    await forgetMembers(tx, profile.databaseId, [profile.id]);
    const [reason, now] = ['the profile was deleted', clock.now()];
    await endRunsOfProfiles(tx, [profile.id], { reason, now, addRunCounts });
    await forgetMessages(tx, [{ slot: slotOf(profile.id), profileId: profile.id }], now);
    await forgetProfileEvents(tx, profile.databaseId, [profile.id], now);
    await accept(tx, profile.id);
    return { profileId: profile.id };
  });
}
