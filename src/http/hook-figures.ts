import { Gauge, type Registry } from 'prom-client';
import type { Clock } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { readHookFigures } from './sql/read-hook-figures.ts';

/** What the metrics say of events and hooks; the age in seconds, 0 when nothing is queued. */
export interface HookFigures {
  readonly queued: number;
  readonly oldestQueuedAge: number;
  readonly parked: number;
  /** Rows of the event log that have no place in the feed yet. */
  readonly unplaced: number;
}

export async function readHooks(db: Db, clock: Clock): Promise<HookFigures> {
  const { oldestQueuedAt, ...counts } = await readHookFigures(db);
  const ms = oldestQueuedAt === null ? 0 : clock.now().getTime() - oldestQueuedAt.getTime();
  return { ...counts, oldestQueuedAge: Math.max(0, ms / 1000) };
}

export function addHookGauges(registry: Registry, figures: HookFigures): void {
  function add(name: string, help: string, value: number): void {
    new Gauge({ name, help, registers: [registry] }).set(value);
  }
  add('muster_hook_deliveries_queued', 'Deliveries of hooks that are not taken yet', figures.queued);
  add('muster_hook_deliveries_parked', 'Deliveries of hooks that were given up', figures.parked);
  add('muster_hook_oldest_queued_seconds', 'Age of the oldest queued delivery', figures.oldestQueuedAge);
  add('muster_event_rows_unplaced', 'Rows of the event log without a place in the feed', figures.unplaced);
}
