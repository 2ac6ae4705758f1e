/** Level 4: segments of profiles, static and by filter; who is in them, and who has just come in. */
export { filterInSegments, MAX_NAMED_FILTER_SEGMENTS } from './filter-in-segments.ts';
export { SegmentFilterError } from './filters.ts';
export {
  addMembers,
  countMembers,
  forgetMembers,
  membersAmong,
  pageMembers,
  removeMembers,
  segmentsOf,
} from './members.ts';
export { namedSegments } from './named-segments.ts';
export { type Segment, type SegmentKind, segmentKinds } from './segment.ts';
export { createSegment, deleteSegment, getSegment, updateSegment } from './segments.ts';
export { segmentsEntered } from './segments-entered.ts';
export { listSegments } from './sql/list-segments.ts';
export type { Member } from './sql/page-members.ts';
