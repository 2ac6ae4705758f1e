import type { JsonObject } from '../../base/index.ts';

/** The counters of a task by their names in `tasks/status`, or their sum over several. */
export type Counters = Readonly<Record<string, number>>;

/** Import states of rows that were not imported. */
export const failedStates = ['invalid', 'ambiguous', 'not_found', 'cancelled'] as const;

export function readCounters(object: JsonObject): Counters {
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]): [string, number][] =>
      typeof value === 'number' ? [[name, value]] : [],
    ),
  );
}

export function sumCounters(all: Iterable<Counters>): Counters {
  const sum: Record<string, number> = {};
  for (const counters of all) {
    for (const [name, count] of Object.entries(counters)) sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
}

export function countFailed(counters: Counters): number {
  return failedStates.reduce((sum, state) => sum + (counters[state] ?? 0), 0);
}

/** What a task is done with. */
export function countSettled(counters: Counters): number {
  return (counters['total'] ?? 0) - (counters['waiting'] ?? 0);
}
