import type { Db } from '../db/index.ts';
import type { ProfileChange } from '../profiles/index.ts';
import { customEvent } from './nodes/wait-event.ts';
import { resumeRunsOfProfiles } from './sql/resume-runs-of-profiles.ts';

/** Lets runs go on that wait for `profile_updated` of profiles that were changed; new ones have none. */
export async function resumeUpdated(
  tx: Db,
  databaseId: number,
  changes: readonly ProfileChange[],
  now: Date,
): Promise<number> {
  const ids = changes.flatMap(({ profileId, before, after }) =>
    before === undefined || before === after ? [] : [profileId],
  );
  return ids.length === 0 ? 0 : resumeRunsOfProfiles(tx, databaseId, 'profile_updated', ids, now);
}

/**
 * Lets runs of these profiles go on that wait for an event of the user's own. One statement, which looks for no run
 * where no version of the database waits for the event. Locks runs in order of id.
 * @param name as the wait_event node has it.
 * @returns how many runs go on.
 */
export async function resumeWaiting(
  tx: Db,
  databaseId: number,
  name: string,
  profileIds: readonly string[],
  now: Date,
): Promise<number> {
  return profileIds.length === 0
    ? 0
    : resumeRunsOfProfiles(tx, databaseId, customEvent(name), profileIds, now);
}
