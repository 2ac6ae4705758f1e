import type { JsonObject } from '../base/index.ts';
import type { Filter } from '../query/index.ts';

export const segmentKinds = ['static', 'filter'] as const;
export type SegmentKind = (typeof segmentKinds)[number];

/** A part of the profiles of one database: those that were put into it, or those that meet its filter when it is asked. */
export interface Segment {
  readonly id: number;
  readonly databaseId: number;
  readonly name: string;
  readonly kind: SegmentKind;
  /** As it was given; null for a static segment. */
  readonly filter: JsonObject | null;
  readonly createdAt: Date;
}

/** A filter segment ready to be judged. */
export interface JudgedSegment {
  readonly id: number;
  readonly filter: Filter;
}
