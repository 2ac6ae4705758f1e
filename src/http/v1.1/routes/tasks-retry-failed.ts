import { type RetryOutcome, retryFailed } from '../../../importer/index.ts';
import { beginChange } from '../dedup.ts';
import { successText } from '../envelope.ts';
import type { ApiMethod } from '../method.ts';
import { failure, retryAnswer, retryBody } from '../schemas.ts';
import { noSuchTask, permitOf, readTaskId } from '../task-call.ts';

const name = 'tasks/retry_failed';
const rights = ['import'] as const;

function print({ taskId, total, left }: RetryOutcome): string {
  return successText({ task_id: taskId, total, left });
}

/** Makes a task of the failed items of a finished one, as they were sent or corrected. */
export const tasksRetryFailed: ApiMethod = {
  name,
  rights,
  schema: {
    tags: ['v1.1'],
    summary: 'Try the failed items of a finished task again, as they were sent or corrected',
    body: retryBody,
    response: { 200: { anyOf: [retryAnswer, failure] } },
  },
  handle: async (call) => {
    const { deps, token, body } = call;
    const { db, clock, signals, config } = deps;
    const taskId = readTaskId(body);
    const keep = await beginChange(call, name);
    const outcome = await retryFailed(
      {
        ...{ db, clock, signals, maxItems: config.maxItems },
        retentionDays: config.taskRetentionDays,
        wake: deps.wakeImporter,
      },
      token,
      taskId,
      body,
      permitOf(call, rights),
      async (tx, accepted) => {
        await keep(tx, print(accepted));
      },
    );
    if (outcome === undefined) throw noSuchTask();
    return print(outcome);
  },
};
