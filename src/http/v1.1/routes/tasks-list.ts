import { invalidRequest, isUuid, MusterError, ownValue } from '../../../base/index.ts';
import { listTasks, taskStates } from '../../../importer/index.ts';
import { toTaskData } from '../../task-data.ts';
import { dataText } from '../envelope.ts';
import type { ApiMethod } from '../method.ts';
import { failure, taskListAnswer, taskListBody, taskListColumns } from '../schemas.ts';
import { permitOf, readCount, readWords } from '../task-call.ts';

const rights = ['import', 'read'] as const;
const MAX_ID = 2_147_483_647;
const PAGE = 1_000;

/** The tasks of the databases that the token may use, the last accepted first, without their results. */
export const tasksList: ApiMethod = {
  name: 'tasks/list',
  rights,
  columns: taskListColumns,
  schema: {
    tags: ['v1.1'],
    summary: 'List tasks, the last accepted first',
    body: taskListBody,
    response: { 200: { anyOf: [taskListAnswer, failure] } },
  },
  handle: async (call) => {
    const { deps, token, body } = call;
    const databaseId = readCount(body, 'db_id', 0, MAX_ID);
    if (databaseId !== 0 && !permitOf(call, rights)(databaseId)) {
      throw new MusterError(404, { field: 'db_id', detail: `db_id: there is no database ${databaseId}` });
    }
    const after = ownValue(body, 'after') ?? undefined;
    if (after !== undefined && !(typeof after === 'string' && isUuid(after))) {
      throw invalidRequest('after', 'expected the next_after of the page before');
    }
    const found = await listTasks(deps.db, deps.clock, {
      databaseIds: databaseId === 0 ? token.databaseIds : [databaseId],
      workflowId: readCount(body, 'workflow_id', 0, MAX_ID) || undefined,
      status: readWords(body, 'status', taskStates)?.[0],
      after,
      limit: Math.max(1, readCount(body, 'limit', PAGE, PAGE)),
    });
    const rows = found.tasks.map((task) => ({
      task_id: task.taskId,
      db_id: task.databaseId,
      workflow_id: task.workflowId,
      ...toTaskData(task),
    }));
    return dataText(rows, { next_after: found.next ?? null });
  },
};
