import type { BenchClient } from '../environment/client.ts';
import { printBatch } from './batch-body.ts';
import { importAll, untilEnded } from './follow-import.ts';

/**
 * Runs that stand at the start of a paused workflow, so that what follows is timed without the import: profiles enter a
 * paused workflow and wait there (docs/operations.md), and nothing of them is walked before `resume`.
 */
export interface PausedRuns {
  readonly taskId: string;
  /** Lets them go. @returns ms from the request until the last has ended; the workflow is paused again then. */
  walk(): Promise<number>;
}

/** Pauses the workflow and starts a run for each of these customers. @param round another one each time, from 0. */
export async function startPausedRuns(
  client: BenchClient,
  workflowId: number,
  numbers: readonly number[],
  round: number,
  signal: AbortSignal,
): Promise<PausedRuns> {
  await client.admin('POST', `/workflows/${workflowId}/pause`);
  const taskId = await importAll(client, printBatch(workflowId, numbers, round + 1), numbers.length, signal);
  return {
    taskId,
    walk: async () => {
      const startedAt = performance.now();
      await client.admin('POST', `/workflows/${workflowId}/resume`);
      await untilEnded(client, taskId, numbers.length, signal);
      return performance.now() - startedAt;
    },
  };
}
