import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Reads the partial indexes of deliveries that are not done, and of log rows without a place, and nothing else. */
export async function readHookFigures(db: Db): Promise<{
  queued: number;
  oldestQueuedAt: Date | null;
  parked: number;
  unplaced: number;
}> {
  const { rows } = await sql<{ queued: number; oldest: Date | null; parked: number; unplaced: number }>`
    select q.queued, q.oldest,
           (select count(*) from hook_delivery where status = 'parked') as parked,
           (select count(*) from event_batch where position is null) as unplaced
      from (select count(*) as queued, min(created_at) as oldest from hook_delivery where status = 'queued') q
  `.execute(db);
  const [row] = rows;
  return {
    queued: row?.queued ?? 0,
    oldestQueuedAt: row?.oldest ?? null,
    parked: row?.parked ?? 0,
    unplaced: row?.unplaced ?? 0,
  };
}
