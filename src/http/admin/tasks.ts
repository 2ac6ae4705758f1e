import { Readable } from 'node:stream';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { tokenIdOf } from '../../accounts/index.ts';
import { toError } from '../../base/index.ts';
import {
  cancelTask,
  getTaskStatus,
  groupFailures,
  itemStates,
  listTasks,
  type ReportRow,
  reportColumns,
  retryFailed,
  streamReport,
} from '../../importer/index.ts';
import type { HttpDeps } from '../deps.ts';
import { printHeader, printRows, tableTypes } from '../print-table.ts';
import { principalOf, sees } from './auth.ts';
import {
  noQuery,
  report,
  reportQuery,
  retriedTask,
  retryBody,
  task,
  taskPage,
  taskParams,
  taskQuery,
  taskResultQuery,
} from './contract.ts';
import { answers, noSuch } from './routes.ts';
import { failures } from './task-contract.ts';
import { toTaskObject } from './task-object.ts';
import { addTaskStream } from './task-stream.ts';

/** A report as text, in pieces. */
async function* printReport(
  format: 'json' | 'csv' | 'ndjson',
  batches: AsyncIterable<readonly ReportRow[]>,
): AsyncGenerator<string> {
  if (format !== 'json') {
    // No piece may be empty: to a stream it is nothing at all.
    if (format === 'csv') yield printHeader(format, reportColumns);
    for await (const rows of batches) yield printRows(format, reportColumns, rows.map(toRecord));
    return;
  }
  yield '{"data":[';
  let separator = '';
  for await (const rows of batches) {
    yield separator + rows.map((row) => JSON.stringify(row)).join(',');
    separator = ',';
  }
  yield ']}';
}

function toRecord(row: ReportRow): Readonly<Record<string, unknown>> {
  return { ...row };
}

/** Tasks: listed, looked at with their results, cancelled, their failed items tried again; they are made by imports. */
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
      const { database_id: databaseId, workflow_id: workflowId, status, after, limit = 100 } = request.query;
      if (databaseId !== undefined && !sees(request, databaseId)) throw noSuch('database', databaseId);
      const databaseIds = databaseId === undefined ? principalOf(request).databaseIds : [databaseId];
      const found = await listTasks(db, clock, { databaseIds, workflowId, status, after, limit });
      return { data: found.tasks.map(toTaskObject), next_after: found.next ?? null };
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
      return toTaskObject(status);
    },
  );

  addTaskStream(root, deps);
  addTaskActions(root, deps);
  addTaskReport(root, deps);
  addTaskFailures(root, deps);
}

function addTaskActions(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, clock, signals, config, wakeImporter } = deps;

  app.post(
    '/tasks/:id/cancel',
    {
      schema: {
        summary: 'Stop what a task has not begun',
        params: taskParams,
        querystring: noQuery,
        response: answers(200, task),
      },
    },
    async (request) => {
      const { id } = request.params;
      const status = await cancelTask(deps, id, (databaseId) => sees(request, databaseId));
      if (status === undefined) throw noSuch('task', id);
      // What waited behind its chunks may go on.
      wakeImporter();
      return toTaskObject(status);
    },
  );

  app.post(
    '/tasks/:id/retry-failed',
    {
      schema: {
        summary: 'Try the failed items of a finished task again, as they were sent or corrected',
        params: taskParams,
        querystring: noQuery,
        body: retryBody,
        response: answers(201, retriedTask),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const outcome = await retryFailed(
        {
          ...{ db, clock, signals, maxItems: config.maxItems },
          retentionDays: config.taskRetentionDays,
          wake: wakeImporter,
        },
        { id: tokenIdOf(principalOf(request)) },
        id,
        { ...request.body },
        (databaseId) => sees(request, databaseId),
      );
      if (outcome === undefined) throw noSuch('task', id);
      const { taskId, total, left } = outcome;
      return reply.code(201).send({ id: taskId, total, left });
    },
  );
}

function addTaskReport(root: FastifyInstance, { db, log }: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    '/tasks/:id/report',
    {
      schema: {
        summary: 'The whole report of a task, as a stream',
        produces: ['application/json', 'text/csv', 'application/x-ndjson'],
        params: taskParams,
        querystring: reportQuery,
        response: answers(200, report),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { format = 'json', states, codes } = request.query;
      const wanted = new Set<string>(states?.split(','));
      const batches = await streamReport(db, id, (databaseId) => sees(request, databaseId), {
        states: states === undefined ? undefined : itemStates.filter((state) => wanted.has(state)),
        codes: codes?.split(',').map(Number),
      });
      if (batches === undefined) throw noSuch('task', id);
      const stream = Readable.from(printReport(format, batches));
      // The answer has begun, so it can only be cut off.
      stream.on('error', (fault) => {
        log.error({ err: toError(fault), requestId: request.id }, 'a report met a fault and was cut off');
      });
      return reply
        .type(format === 'json' ? 'application/json; charset=utf-8' : tableTypes[format])
        .send(stream);
    },
  );
}

function addTaskFailures(root: FastifyInstance, { db }: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    '/tasks/:id/failures',
    {
      schema: {
        summary: 'The failed items of a task by reason, with some examples of each',
        params: taskParams,
        querystring: noQuery,
        response: answers(200, failures),
      },
    },
    async (request) => {
      const { id } = request.params;
      const found = await groupFailures(db, id, (databaseId) => sees(request, databaseId));
      if (found === undefined) throw noSuch('task', id);
      const data = found.groups.map(({ code, field, reason, count, examples }) => ({
        ...{ code, reason, count },
        ...(field === undefined ? {} : { field }),
        examples: examples.map(({ item, text, row }) => ({ item, error_text: text, row })),
      }));
      return { data, others: found.others };
    },
  );
}
