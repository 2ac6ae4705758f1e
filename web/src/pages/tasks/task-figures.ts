import type { TaskObject } from '../../../../src/http/admin/contract.ts';

/** The states in which an item has failed. */
export const failedStates = ['invalid', 'ambiguous', 'not_found'] as const;

export function failedOf({ counters }: TaskObject): number {
  return failedStates.reduce((sum, state) => sum + counters[state], 0);
}

/** Items that have come to a state, whichever. */
export function doneOf({ counters }: TaskObject): number {
  return counters.total - counters.waiting;
}

export function isUnfinished({ finished_at: at }: TaskObject): boolean {
  return at === null;
}

/** Seconds that it took, or takes so far; undefined before it has begun. */
export function secondsOf(
  { started_at: start, finished_at: end }: TaskObject,
  now: number,
): number | undefined {
  if (start === null) return undefined;
  return Math.max(0, ((end === null ? now : new Date(end).getTime()) - new Date(start).getTime()) / 1000);
}
