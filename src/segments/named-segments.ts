import type { Filter } from '../query/index.ts';
import type { JudgedSegment } from './segment.ts';

type Part = Extract<Filter, { kind: 'in' }>;

/** The condition that the segments are among some ids: `{"segments": {"$in": […]}}`, or the same by `$elemMatch`. */
function idsPart(filter: Filter): Part | undefined {
  if (filter.kind === 'in' && filter.path.length === 1 && filter.path[0] === 'segments') return filter;
  if (filter.kind !== 'element' || filter.path.length !== 1 || filter.path[0] !== 'segments')
    return undefined;
  return filter.part.kind === 'in' && filter.part.path.length === 0 ? filter.part : undefined;
}

function idsOf({ scalars }: Part): number[] {
  return scalars.filter((scalar): scalar is number => typeof scalar === 'number');
}

/** The ids of segments that the filter of a profile names, each once. */
export function namedSegments(filter: Filter): number[] {
  switch (filter.kind) {
    case 'all':
    case 'any':
      return [...new Set(filter.parts.flatMap(namedSegments))];
    case 'not':
      return namedSegments(filter.part);
    default: {
      const part = idsPart(filter);
      return part === undefined ? [] : [...new Set(idsOf(part))];
    }
  }
}

/**
 * The filter with the filters of segments beside their ids: the document of a profile lists static segments alone. A
 * filter segment that asks for other filter segments still does not find them.
 */
export function withSegmentFilters(filter: Filter, segments: ReadonlyMap<number, JudgedSegment>): Filter {
  switch (filter.kind) {
    case 'all':
    case 'any':
      return { kind: filter.kind, parts: filter.parts.map((part) => withSegmentFilters(part, segments)) };
    case 'not':
      return { kind: 'not', part: withSegmentFilters(filter.part, segments) };
    default: {
      const part = idsPart(filter);
      const judged = part === undefined ? [] : idsOf(part).flatMap((id) => segments.get(id)?.filter ?? []);
      return judged.length === 0 ? filter : { kind: 'any', parts: [filter, ...judged] };
    }
  }
}
