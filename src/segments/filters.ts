import { type JsonValue, MusterError } from '../base/index.ts';
import { parseFilter, type QueryError } from '../query/index.ts';
import type { JudgedSegment, Segment } from './segment.ts';

/** A filter that is none. `faults` tell where, with paths such as `filter.$or[1].age.$gt`. */
export class SegmentFilterError extends MusterError {
  readonly faults: readonly QueryError[];

  constructor(errors: readonly QueryError[]) {
    const faults = errors.map(({ path, message }) => ({
      path: path === '' ? 'filter' : `filter.${path}`,
      message,
    }));
    const detail = faults.map(({ path, message }) => `${path}: ${message}`).join('\n');
    super(400, { detail, field: faults[0]?.path ?? 'filter' });
    this.name = 'SegmentFilterError';
    this.faults = faults;
  }
}

/** @throws {SegmentFilterError} with every fault. */
export function checkFilter(filter: JsonValue): void {
  const parsed = parseFilter(filter);
  if (!parsed.ok) throw new SegmentFilterError(parsed.error);
}

/** The filter segments among those given. Their filters were checked when they were saved. */
export function toJudged(segments: readonly Segment[]): JudgedSegment[] {
  return segments.flatMap(({ id, filter }) => {
    if (filter === null) return [];
    const parsed = parseFilter(filter);
    if (!parsed.ok) throw new Error(`the stored filter of segment ${id} cannot be read`);
    return [{ id, filter: parsed.value }];
  });
}
