import { changeProfiles, type ProfileShape, type ProfileState, stateOf } from '../../profiles/index.ts';
import type { BatchScope, WalkingRun } from './walking-run.ts';

/** The deepest of the runs of each profile: a change counts as made by it. */
export function depthsOf(runs: readonly WalkingRun[]): Map<string, number> {
  const depths = new Map<string, number>();
  for (const { profileId, depth } of runs) depths.set(profileId, Math.max(depth, depths.get(profileId) ?? 0));
  return depths;
}

/** Writes what the runs have made of their profiles, by id, and notes what has changed for triggers. */
export async function writeChanges(
  scope: BatchScope,
  shape: ProfileShape,
  states: ReadonlyMap<string, ProfileState>,
  runs: readonly WalkingRun[],
): Promise<void> {
  const profiles = await scope.profiles();
  const writes = [...states].flatMap(([id, after]) => {
    const profile = profiles.get(id);
    return profile === undefined ? [] : [{ profile, before: stateOf(profile), after: stateOf(after) }];
  });
  await changeProfiles(scope.tx, shape, writes, scope.now);
  const depths = depthsOf(runs);
  for (const { profile, before, after } of writes) {
    if (after.fields === before.fields && after.subscriptions === before.subscriptions) continue;
    const change = { profileId: profile.id, before, after, enteredSegments: [] };
    scope.changes.note(change, depths.get(profile.id) ?? 0);
  }
}
