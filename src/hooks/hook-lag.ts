import type { Db } from '../db/index.ts';
import type { Hook } from './hook.ts';
import { countDeliveries } from './sql/count-deliveries.ts';
import { findLiveCursor } from './sql/find-live-cursor.ts';
import { readLogEnds } from './sql/read-log-ends.ts';
import { scanLog } from './sql/scan-log.ts';

/** Rows of the log that are counted. */
const MAX_SCANNED_ROWS = 10_000;

/** How far a hook is behind. */
export interface HookLag {
  /** Events that are not in a delivery yet. */
  readonly events: number;
  /** Whether there are more of them: only the beginning of a long log is counted. */
  readonly isMore: boolean;
  readonly oldestAt: Date | null;
  /** Deliveries that are not done. */
  readonly queued: number;
  readonly parked: number;
}

export async function readLag(db: Db, hook: Hook): Promise<HookLag> {
  const counts = await countDeliveries(db, hook.id);
  const next = await findLiveCursor(db, hook.id);
  if (next === undefined) return { events: 0, isMore: false, oldestAt: null, ...counts };
  const { last } = await readLogEnds(db);
  const to = Math.min(next.position + MAX_SCANNED_ROWS - 1, last);
  const limit = Number.MAX_SAFE_INTEGER;
  const rows = await scanLog(db, { from: next.position, to, limit, filter: hook.filter });
  const [first] = rows;
  const taken = first?.position === next.position ? next.index : 0;
  return {
    events: rows.reduce((sum, { events }) => sum + events, 0) - taken,
    isMore: to < last,
    oldestAt: first?.createdAt ?? null,
    ...counts,
  };
}
