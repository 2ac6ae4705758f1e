import { chunkBySize, invalidRequest, isObjectId } from '../base/index.ts';
import { type Db, withStatementLimit } from '../db/index.ts';
import { toJudged } from './filters.ts';
import type { JudgedSegment, Segment } from './segment.ts';
import { countMatching } from './sql/count-matching.ts';
import { countMemberRows } from './sql/count-members.ts';
import { deleteMembersOf } from './sql/delete-members-of.ts';
import { deleteMemberships } from './sql/delete-memberships.ts';
import { insertMembers } from './sql/insert-members.ts';
import { judgeProfiles } from './sql/judge-profiles.ts';
import { listSegments } from './sql/list-segments.ts';
import { type Member, pageMemberRows } from './sql/page-members.ts';
import { scanProfiles } from './sql/scan-profiles.ts';
import { type Membership, selectMemberships } from './sql/select-memberships.ts';

/** One statement judges as many filter segments. The worst filter has some 7,000 parameters, a statement 65,535. */
const JUDGED_AT_ONCE = 8;
/** Profiles that one page of a filter segment looks at, so that a filter that nobody meets costs no more. */
const PAGE_SCAN = 10_000;

/**
 * Puts profiles into a static segment, in the caller's transaction. Passed over are profiles that are not in the
 * segment's database, and all of them when there is no such segment or it has a filter.
 * @returns those that were not in it before.
 */
export async function addMembers(
  tx: Db,
  segmentId: number,
  profileIds: readonly string[],
  now: Date,
): Promise<Set<string>> {
  if (profileIds.length === 0) return new Set();
  return new Set(await insertMembers(tx, segmentId, profileIds, now));
}

/** Takes profiles out of a static segment. Returns those that were in it. */
export async function removeMembers(
  tx: Db,
  segmentId: number,
  profileIds: readonly string[],
): Promise<Set<string>> {
  if (profileIds.length === 0) return new Set();
  return new Set(await deleteMembersOf(tx, segmentId, profileIds));
}

/** Takes profiles that are deleted out of every static segment. */
export async function forgetMembers(
  tx: Db,
  databaseId: number,
  profileIds: readonly string[],
): Promise<void> {
  if (profileIds.length > 0) await deleteMemberships(tx, databaseId, profileIds);
}

async function judge(
  db: Db,
  databaseId: number,
  profileIds: readonly string[],
  segments: readonly JudgedSegment[],
): Promise<Membership[]> {
  const met: Membership[] = [];
  for (const chunk of chunkBySize(segments, JUDGED_AT_ONCE)) {
    met.push(...(await judgeProfiles(db, databaseId, profileIds, chunk)));
  }
  return met;
}

/** Those of the profiles that are in the segment now. */
export async function membersAmong(
  db: Db,
  segment: Segment,
  profileIds: readonly string[],
): Promise<Set<string>> {
  if (profileIds.length === 0) return new Set();
  const { databaseId } = segment;
  const found =
    segment.kind === 'static'
      ? await selectMemberships(db, databaseId, profileIds, segment.id)
      : await judge(db, databaseId, profileIds, toJudged([segment]));
  return new Set(found.map(({ profileId }) => profileId));
}

/** The segments that each of the profiles is in now, ids in order; a profile that is in none has no entry. */
export async function segmentsOf(
  db: Db,
  databaseId: number,
  profileIds: readonly string[],
): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  if (profileIds.length === 0) return found;
  const judged = toJudged(await listSegments(db, [databaseId]));
  const memberships = [
    ...(await selectMemberships(db, databaseId, profileIds, null)),
    ...(await judge(db, databaseId, profileIds, judged)),
  ];
  for (const { profileId, segmentId } of memberships) {
    const ids = found.get(profileId);
    if (ids === undefined) found.set(profileId, [segmentId]);
    else ids.push(segmentId);
  }
  for (const ids of found.values()) ids.sort((left, right) => left - right);
  return found;
}

/**
 * One page of the members, in an order of its own. A page of a filter segment may hold fewer than `limit` members, even
 * none, and still have a next one: it looks at no more than 10,000 profiles.
 * @throws {MusterError} 400 when `after` is not the `next` of a page.
 */
export async function pageMembers(
  db: Db,
  segment: Segment,
  page: {
    readonly after?: string | undefined;
    readonly limit: number;
    /** Profiles that a page of a filter segment looks at. */
    readonly scanned?: number;
  },
): Promise<{ members: Member[]; next?: string }> {
  const { after, limit, scanned = PAGE_SCAN } = page;
  if (after !== undefined && !isObjectId(after)) {
    throw invalidRequest('after', 'expected the value of next in the page before');
  }
  const { databaseId } = segment;
  let found: Member[];
  let resume: string | undefined;
  const [judged] = toJudged([segment]);
  if (judged === undefined) {
    found = await pageMemberRows(db, databaseId, segment.id, after, limit + 1);
  } else {
    const scan = { databaseId, filter: judged.filter, after, scanned, limit: limit + 1 };
    const { ids, last } = await scanProfiles(db, scan);
    found = ids.map((profileId) => ({ profileId, addedAt: null }));
    resume = last;
  }
  const members = found.slice(0, limit);
  const next = found.length > limit ? members.at(-1)?.profileId : resume;
  return next === undefined ? { members } : { members, next };
}

/**
 * The number of members, counted one by one.
 * @returns undefined when that takes longer than `limitMs` milliseconds.
 */
export async function countMembers(db: Db, segment: Segment, limitMs: number): Promise<number | undefined> {
  const [judged] = toJudged([segment]);
  const counted = await withStatementLimit(db, limitMs, (tx) =>
    judged === undefined
      ? countMemberRows(tx, segment.databaseId, segment.id)
      : countMatching(tx, segment.databaseId, judged.filter),
  );
  return counted.ok ? counted.value : undefined;
}
