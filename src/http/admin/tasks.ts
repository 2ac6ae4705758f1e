import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { getTaskStatus, listTasks, type TaskStatus } from '../../importer/index.ts';
import type { HttpDeps } from '../deps.ts';
import { toTaskData } from '../task-data.ts';
import { adminOf, sees } from './auth.ts';
import { type TaskObject, task, taskPage, taskParams, taskQuery, taskResultQuery } from './contract.ts';
import { answers, noSuch } from './routes.ts';

function toObject(status: TaskStatus): TaskObject {
  return {
    id: status.taskId,
    database_id: status.databaseId,
    workflow_id: status.workflowId,
    ...toTaskData(status),
  };
}

/** Tasks: listed, and looked at with their results; they are made by imports. */
export function addTasks(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, clock } = deps;

  app.get(
    '/tasks',
    {
      schema: {
        summary: 'List tasks, the last accepted first, without their results',
        querystring: taskQuery,
        response: answers(200, taskPage),
      },
    },
    async (request) => {
      const { database_id: databaseId, after, limit = 100 } = request.query;
      if (databaseId !== undefined && !sees(request, databaseId)) throw noSuch('database', databaseId);
      const databaseIds = databaseId === undefined ? adminOf(request).databaseIds : [databaseId];
      const found = await listTasks(db, clock, {
        databaseIds,
        ...(after === undefined ? {} : { after }),
        limit,
      });
      return { data: found.tasks.map(toObject), next_after: found.next ?? null };
    },
  );

  app.get(
    '/tasks/:id',
    {
      schema: {
        summary: 'Get a task with its results',
        params: taskParams,
        querystring: taskResultQuery,
        response: answers(200, task),
      },
    },
    async (request) => {
      const { result_from: from = 0, result_limit: limit = deps.config.maxItems } = request.query;
      const status = await getTaskStatus(db, clock, request.params.id, { from, limit });
      if (status === undefined || !sees(request, status.databaseId)) throw noSuch('task', request.params.id);
      return toObject(status);
    },
  );
}
