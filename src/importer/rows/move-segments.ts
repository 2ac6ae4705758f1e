import type { Db } from '../../db/index.ts';
import type { ProfileChange } from '../../profiles/index.ts';
import { addMembers, removeMembers } from '../../segments/index.ts';

/** Profiles of one request that are to change their static segments. */
export interface SegmentMove {
  readonly profileId: string;
  readonly add: readonly number[];
  readonly remove: readonly number[];
  readonly skipTriggers: boolean;
}

function profilesBySegment(
  moves: readonly SegmentMove[],
  segmentsOf: (move: SegmentMove) => readonly number[],
): Map<number, Set<string>> {
  const profiles = new Map<number, Set<string>>();
  for (const move of moves) {
    for (const segmentId of segmentsOf(move)) {
      const ids = profiles.get(segmentId);
      if (ids === undefined) profiles.set(segmentId, new Set([move.profileId]));
      else ids.add(move.profileId);
    }
  }
  return profiles;
}

/**
 * Takes profiles out of segments and puts them into others: one statement a segment. The caller holds the locks of the
 * profiles.
 * @returns the segments that profiles were not in before, by profile, of those whose requests let triggers fire.
 */
export async function moveSegments(
  tx: Db,
  moves: readonly SegmentMove[],
  now: Date,
): Promise<Map<string, number[]>> {
  const entered = new Map<string, number[]>();
  for (const [segmentId, ids] of profilesBySegment(moves, ({ remove }) => remove)) {
    await removeMembers(tx, segmentId, [...ids]);
  }
  const silent = new Set(moves.filter(({ skipTriggers }) => skipTriggers).map(({ profileId }) => profileId));
  for (const [segmentId, ids] of profilesBySegment(moves, ({ add }) => add)) {
    for (const profileId of await addMembers(tx, segmentId, [...ids], now)) {
      if (!silent.has(profileId)) entered.set(profileId, [...(entered.get(profileId) ?? []), segmentId]);
    }
  }
  return entered;
}

/** One change for each profile, from its first state to its last, with the segments that it has entered. */
export function joinChanges(
  changes: readonly ProfileChange[],
  entered: ReadonlyMap<string, readonly number[]>,
  stateOf: (profileId: string) => ProfileChange['after'] | undefined,
): ProfileChange[] {
  const joined = new Map<string, ProfileChange>();
  for (const change of changes) {
    const { profileId } = change;
    const earlier = joined.get(profileId);
    const enteredSegments = entered.get(profileId) ?? [];
    joined.set(profileId, {
      ...change,
      before: earlier === undefined ? change.before : earlier.before,
      enteredSegments,
    });
  }
  for (const [profileId, enteredSegments] of entered) {
    const state = joined.has(profileId) ? undefined : stateOf(profileId);
    if (state !== undefined)
      joined.set(profileId, { profileId, before: state, after: state, enteredSegments });
  }
  return [...joined.values()];
}
