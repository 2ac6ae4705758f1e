import type { Db } from '../db/index.ts';
import { filterProfiles } from '../profiles/index.ts';
import type { Filter } from '../query/index.ts';
import { toJudged } from './filters.ts';
import { namedSegments, withSegmentFilters } from './named-segments.ts';
import { listSegments } from './sql/list-segments.ts';

/** The worst filter has some 7,000 parameters, a statement 65,535. */
export const MAX_NAMED_FILTER_SEGMENTS = 8;

/**
 * Those of the profiles that meet the filter, in which `segments` are static and filter segments: only those that it
 * names are judged. One statement, two where it names segments; of more filter segments than eight the rest counts as
 * empty, so that the caller should refuse such a filter.
 */
export async function filterInSegments(
  db: Db,
  databaseId: number,
  profileIds: readonly string[],
  filter: Filter,
): Promise<Set<string>> {
  const named = namedSegments(filter);
  if (named.length === 0) return filterProfiles(db, databaseId, profileIds, filter);
  const segments = (await listSegments(db, [databaseId])).filter(({ id }) => named.includes(id));
  const judged = toJudged(segments.filter(({ kind }) => kind === 'filter')).slice(
    0,
    MAX_NAMED_FILTER_SEGMENTS,
  );
  const whole = withSegmentFilters(filter, new Map(judged.map((segment) => [segment.id, segment])));
  return filterProfiles(db, databaseId, profileIds, whole);
}
