import { getTaskStatus } from '../../../importer/index.ts';
import { toTaskData } from '../../task-data.ts';
import { dataText } from '../envelope.ts';
import type { ApiMethod } from '../method.ts';
import { failure, statusAnswer, statusBody } from '../schemas.ts';
import { noSuchTask, permitOf, readCount, readTaskId } from '../task-call.ts';

const rights = ['import', 'read'] as const;

/** How far a task has come. A task of a database that the token may not use is as if it were not there. */
export const tasksStatus: ApiMethod = {
  name: 'tasks/status',
  rights,
  schema: {
    tags: ['v1.1'],
    summary: 'Status, progress, counters and results of a task',
    body: statusBody,
    response: { 200: { anyOf: [statusAnswer, failure] } },
  },
  handle: async (call) => {
    const { deps, body } = call;
    const taskId = readTaskId(body);
    const page = {
      from: readCount(body, 'result_from', 0),
      limit: readCount(body, 'result_limit', deps.config.maxItems),
    };
    const status = await getTaskStatus(deps.db, deps.clock, taskId, page);
    if (status === undefined || !permitOf(call, rights)(status.databaseId)) throw noSuchTask();
    return dataText(toTaskData(status));
  },
};
