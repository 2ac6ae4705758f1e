import type { Db } from '../db/index.ts';
import { hookKey } from '../hooks/index.ts';
import { hostKey } from '../workflow/index.ts';
import { readCallsUnderWay } from './sql/read-calls-under-way.ts';
import { readDeliveriesUnderWay } from './sql/read-deliveries-under-way.ts';

/** What keys of budgets begin with whose work under way is counted. */
const countedKinds = [hostKey(''), hookKey('')];

/** What some worker has under way to each place, by the key of its budget; places that have nothing are left out. */
export async function readUnderWay(db: Db, now: Date): Promise<Map<string, number>> {
  const calls = await readCallsUnderWay(db, now);
  const deliveries = await readDeliveriesUnderWay(db, now);
  return new Map([
    ...[...calls].map(([host, count]) => [hostKey(host), count] as const),
    ...[...deliveries].map(([hookId, count]) => [hookKey(hookId), count] as const),
  ]);
}

/** The figure of one budget; null = of its kind none is counted. */
export function underWayOf(key: string, underWay: ReadonlyMap<string, number>): number | null {
  return countedKinds.some((kind) => key.startsWith(kind)) ? (underWay.get(key) ?? 0) : null;
}
