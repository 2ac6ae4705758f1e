import { chunkBySize } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import type { ProfileChange, ProfileState } from '../profiles/index.ts';
import { toJudged } from './filters.ts';
import { type ChangedDocument, judgeChanges } from './sql/judge-changes.ts';
import { listSegments } from './sql/list-segments.ts';

/** Half of what `judge` takes, since every filter is printed twice. */
const JUDGED_AT_ONCE = 4;

function toDocument(id: string, { fields, subscriptions }: ProfileState): ChangedDocument['after'] {
  return { ...fields, _id: id, subscriptions };
}

/** What filters have to judge: profiles that are new or whose state has changed. */
function toDocuments(changes: readonly ProfileChange[]): ChangedDocument[] {
  return changes
    .filter(({ before, after }) => before !== after)
    .map(({ profileId, before, after }) => ({
      id: profileId,
      before: before === undefined ? null : toDocument(profileId, before),
      after: toDocument(profileId, after),
    }));
}

/**
 * Which of the segments the changes have brought profiles into: filter segments whose filter `after` meets and `before`
 * did not, static ones by `enteredSegments`. Each profile has one change. Statements: one, and one for four filters.
 * @returns the profiles by segment; a segment that nobody entered, or that the database does not have, has no entry.
 */
export async function segmentsEntered(
  tx: Db,
  databaseId: number,
  segmentIds: readonly number[],
  changes: readonly ProfileChange[],
): Promise<Map<number, Set<string>>> {
  const entered = new Map<number, Set<string>>();
  if (segmentIds.length === 0 || changes.length === 0) return entered;
  const add = (segmentId: number, profileId: string): void => {
    const profiles = entered.get(segmentId);
    if (profiles === undefined) entered.set(segmentId, new Set([profileId]));
    else profiles.add(profileId);
  };
  const segments = (await listSegments(tx, [databaseId])).filter(({ id }) => segmentIds.includes(id));
  const known = new Set(segments.map(({ id }) => id));
  for (const { profileId, enteredSegments } of changes) {
    for (const segmentId of enteredSegments) if (known.has(segmentId)) add(segmentId, profileId);
  }
  const documents = toDocuments(changes);
  if (documents.length === 0) return entered;
  for (const chunk of chunkBySize(toJudged(segments), JUDGED_AT_ONCE)) {
    for (const { profileId, segmentId } of await judgeChanges(tx, documents, chunk))
      add(segmentId, profileId);
  }
  return entered;
}
