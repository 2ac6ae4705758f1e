import { cancelTask } from '../../../importer/index.ts';
import { toTaskData } from '../../task-data.ts';
import { beginChange } from '../dedup.ts';
import { dataText } from '../envelope.ts';
import type { ApiMethod } from '../method.ts';
import { failure, statusAnswer, taskBody } from '../schemas.ts';
import { noSuchTask, permitOf, readTaskId } from '../task-call.ts';

const name = 'tasks/cancel';
const rights = ['import'] as const;

/** Stops what a task has not begun; what was done stays done and reported. */
export const tasksCancel: ApiMethod = {
  name,
  rights,
  schema: {
    tags: ['v1.1'],
    summary: 'Stop what a task has not begun',
    body: taskBody,
    response: { 200: { anyOf: [statusAnswer, failure] } },
  },
  handle: async (call) => {
    const { deps, body } = call;
    const taskId = readTaskId(body);
    const keep = await beginChange(call, name);
    const status = await cancelTask(deps, taskId, permitOf(call, rights), async (tx, cancelled) => {
      await keep(tx, dataText(toTaskData(cancelled)));
    });
    if (status === undefined) throw noSuchTask();
    // What waited behind its chunks may go on.
    deps.wakeImporter();
    return dataText(toTaskData(status));
  },
};
