import { mayUse } from '../../../accounts/index.ts';
import { invalidRequest, isUuid, type JsonObject, MusterError, ownValue } from '../../../base/index.ts';
import { getTaskStatus } from '../../../importer/index.ts';
import { toTaskData } from '../../task-data.ts';
import { dataText } from '../envelope.ts';
import type { ApiMethod } from '../method.ts';
import { failure, statusAnswer, statusBody } from '../schemas.ts';

const rights = ['import', 'read'] as const;

function readCount(body: JsonObject, key: string, fallback: number): number {
  const value = ownValue(body, key);
  if (value === undefined || value === null) return fallback;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw invalidRequest(key, 'expected a whole number of at least 0');
}

function readTaskId(body: JsonObject): string {
  const value = ownValue(body, 'task_id');
  if (typeof value === 'string') return value;
  throw invalidRequest('task_id', 'expected the id of a task, a string');
}

function noSuchTask(): MusterError {
  return new MusterError(404, { field: 'task_id', detail: 'task_id: there is no such task' });
}

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
  handle: async ({ deps, token, body }) => {
    const taskId = readTaskId(body);
    const page = {
      from: readCount(body, 'result_from', 0),
      limit: readCount(body, 'result_limit', deps.config.maxItems),
    };
    if (!isUuid(taskId)) throw noSuchTask();
    const status = await getTaskStatus(deps.db, deps.clock, taskId, page);
    if (status === undefined || !rights.some((right) => mayUse(token, right, status.databaseId)))
      throw noSuchTask();
    return dataText(toTaskData(status));
  },
};
