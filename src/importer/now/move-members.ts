import type { Clock, Log } from '../../base/index.ts';
import { type Db, withTx } from '../../db/index.ts';
import { lockProfiles, type ProfileChange, stateOf } from '../../profiles/index.ts';
import { addMembers, removeMembers, type Segment, segmentsEntered } from '../../segments/index.ts';
import { RunCounts, startTriggered } from '../../workflow/index.ts';
import { addRunCounts } from '../sql/add-run-counts.ts';

export interface MoveDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly wakeEngine: () => void;
}

export interface MovedMembers {
  /** Profiles that were not in the segment before. */
  readonly added: ReadonlySet<string>;
  /** Profiles that were in it. */
  readonly removed: ReadonlySet<string>;
}

/**
 * Puts profiles into a static segment and takes others out, and starts the workflows that wait for who comes in. Ids of
 * no profile of the segment's database are passed over.
 * @param record runs in the transaction with what was done.
 */
export async function moveMembers(
  { db, clock, log, wakeEngine }: MoveDeps,
  segment: Segment,
  move: {
    readonly add: readonly string[];
    readonly remove: readonly string[];
    readonly skipTriggers: boolean;
  },
  record: (tx: Db, moved: MovedMembers) => Promise<void> = async () => {},
): Promise<MovedMembers> {
  const { id: segmentId, databaseId } = segment;
  let starts = 0;
  const moved = await withTx(db, async (tx) => {
    const now = clock.now();
    const profiles = await lockProfiles(tx, databaseId, move.add);
    const removed = await removeMembers(tx, segmentId, move.remove);
    const added = await addMembers(tx, segmentId, move.add, now);
    const changes = [...added].flatMap((profileId): ProfileChange[] => {
      const profile = profiles.get(profileId);
      if (profile === undefined) return [];
      const state = stateOf(profile);
      return [{ profileId, before: state, after: state, enteredSegments: [segmentId] }];
    });
    if (!move.skipTriggers) {
      const counts = new RunCounts();
      const batch = { databaseId, changes, depth: 1, now, counts, log, segmentsEntered };
      starts = (await startTriggered(tx, batch)).started;
      await counts.write(tx, addRunCounts);
    }
    await record(tx, { added, removed });
    return { added, removed };
  });
  if (starts > 0) wakeEngine();
  return moved;
}
