import { laneOf } from '../base/index.ts';

/** Tasks of at most this many items go with what is started without a task: they are over before they are in the way. */
const SMALL_TASK = 100;

/** Shares are 0 to this; those of large tasks begin with 1. */
export const LAST_SHARE = 15;

/**
 * The share, 0 to 15, in which runs of a task are claimed. Claims take evenly from all shares that have due rows, so a
 * task of a million items never stands before one that was sent after it.
 */
export function shareOf(taskId: string | null, taskSize: number): number {
  return taskId === null || taskSize <= SMALL_TASK ? 0 : 1 + laneOf(taskId, LAST_SHARE);
}
