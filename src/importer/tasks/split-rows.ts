import {
  chunkBySize,
  groupBy,
  isDeeperThan,
  type JsonValue,
  laneOf,
  MAX_JSON_DEPTH,
} from '../../base/index.ts';
import { LANE_COUNT, type ProfileShape, type RowError, WIDE_LANE } from '../../profiles/index.ts';
import type { Envelope } from '../requests/envelope.ts';
import { openItem } from '../rows/open-item.ts';
import { overflowFault } from '../rows/overflow-fault.ts';
import { laneTextOf } from '../rows/parse-row.ts';
import type { ChunkRow } from './chunk-bytes.ts';

/** Rows of one transaction. */
export const CHUNK_ROWS = 1_000;

export interface LaneRows {
  readonly lane: number;
  readonly rows: readonly ChunkRow[];
}

/** What storing the item would change: the first number out of range, by the field or key that holds it. */
function findOverflow(envelope: Envelope, item: JsonValue): RowError | undefined {
  const opened = openItem(envelope, item);
  if (!opened.ok) return undefined;
  const { outer, data } = opened.value;
  for (const keys of new Set([data, outer])) {
    for (const name of Object.keys(keys)) {
      const value = keys[name];
      if (value === undefined || value === data) continue;
      const text = overflowFault(value, name);
      if (text !== undefined) return { code: 400, text, field: name };
    }
  }
  return undefined;
}

/** Depth is checked before anything recurses over the item. */
export function toRow(envelope: Envelope, item: JsonValue, index: number): ChunkRow {
  if (isDeeperThan(item, MAX_JSON_DEPTH)) {
    const text = `data: nested deeper than ${MAX_JSON_DEPTH} levels`;
    return { index, fault: { code: 400, text, field: 'data' } };
  }
  const fault = findOverflow(envelope, item);
  return fault === undefined ? { index, item } : { index, fault };
}

/** The items as rows; those that have a fault already are not worth storing. */
export function toRows(
  envelope: Envelope,
  items: readonly JsonValue[],
  faults: ReadonlyMap<number, RowError>,
): ChunkRow[] {
  return items.map((item, index) => {
    const fault = faults.get(index);
    return fault === undefined ? toRow(envelope, item, index) : { index, fault };
  });
}

/** Items without a usable key are refused later, in whatever lane they are. */
export function laneOfRow(shape: ProfileShape, envelope: Envelope, row: ChunkRow): number {
  if ('fault' in row) return 0;
  const text = laneTextOf(shape, envelope, row.item);
  if (text === undefined) return 0;
  return text === null ? WIDE_LANE : laneOf(text, LANE_COUNT);
}

/**
 * Deals rows out to lanes by their match key, in their order, in chunks of about a thousand rows. Where one of them
 * belongs in the wide lane all go there: it could hit the profile of any, and the later is to win.
 */
export function splitRows(shape: ProfileShape, envelope: Envelope, rows: readonly ChunkRow[]): LaneRows[] {
  const own = groupBy(rows, (row) => laneOfRow(shape, envelope, row));
  const lanes: ReadonlyMap<number, readonly ChunkRow[]> = own.has(WIDE_LANE)
    ? new Map([[WIDE_LANE, rows]])
    : own;
  return [...lanes].flatMap(([lane, part]) =>
    chunkBySize(part, CHUNK_ROWS).map((chunk) => ({ lane, rows: chunk })),
  );
}
