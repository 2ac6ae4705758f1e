import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { BodyReader } from '../body-reader.ts';
import type { HttpDeps } from '../deps.ts';
import { normalPath } from '../paths.ts';
import { describeFault } from './describe-fault.ts';
import { failureText, sendText } from './envelope.ts';
import { type ApiMethod, addMethod } from './method.ts';
import { databasesFieldsGet } from './routes/databases-fields-get.ts';
import { databasesGet } from './routes/databases-get.ts';
import { databasesList } from './routes/databases-list.ts';
import { addFileUpload, fileUpload } from './routes/file-upload.ts';
import { importAndStartBatchTask } from './routes/import-and-start-batch-task.ts';
import { importNowMethods } from './routes/import-now.ts';
import { profilesDelete } from './routes/profiles-delete.ts';
import { profilesGet } from './routes/profiles-get.ts';
import { resourcesFieldsGet } from './routes/resources-fields-get.ts';
import { resourcesGet } from './routes/resources-get.ts';
import { resourcesList } from './routes/resources-list.ts';
import { segstaticMethods } from './routes/segstatic.ts';
import { subscriptionsDelete } from './routes/subscriptions-delete.ts';
import { subscriptionsGet, subscriptionsList } from './routes/subscriptions-read.ts';
import { subscriptionsSet } from './routes/subscriptions-set.ts';
import { suppressesAdd } from './routes/suppresses-add.ts';
import { suppressesEntries } from './routes/suppresses-entries.ts';
import { tasksCancel } from './routes/tasks-cancel.ts';
import { tasksList } from './routes/tasks-list.ts';
import { tasksReport } from './routes/tasks-report.ts';
import { tasksRetryFailed } from './routes/tasks-retry-failed.ts';
import { tasksStatus } from './routes/tasks-status.ts';
import { workflowsActivate, workflowsDeactivate } from './routes/workflows-activate.ts';
import { workflowsList } from './routes/workflows-list.ts';

const methods: readonly ApiMethod[] = [
  importAndStartBatchTask,
  ...importNowMethods,
  tasksStatus,
  databasesList,
  databasesGet,
  databasesFieldsGet,
  resourcesList,
  resourcesGet,
  resourcesFieldsGet,
  ...segstaticMethods,
  suppressesAdd,
  ...suppressesEntries,
  tasksList,
  tasksCancel,
  tasksRetryFailed,
  tasksReport,
  profilesGet,
  profilesDelete,
  subscriptionsSet,
  subscriptionsList,
  subscriptionsGet,
  subscriptionsDelete,
  workflowsList,
  workflowsActivate,
  workflowsDeactivate,
];

export const API_PREFIX = '/api/v1.1';

const paths = new Set([...methods, fileUpload].map((method) => `${API_PREFIX}/${method.name}`));

/**
 * Bodies are read by the handlers, of every content type. Not by a parser: after an error of a parser Fastify closes the
 * connection, and with it the answer to who is still sending.
 */
function addBodyParser(app: FastifyInstance): void {
  app.addContentTypeParser(
    '*',
    async (request: FastifyRequest, payload: IncomingMessage): Promise<undefined> => {
      if (request.is404) payload.resume();
    },
  );
}

/** An unknown path, or a known one with another method. */
export function sendUnknownPath(request: FastifyRequest, reply: FastifyReply, deps: HttpDeps): FastifyReply {
  const detail = paths.has(normalPath(request.url))
    ? `http: ${request.method} is not possible here, POST is expected`
    : 'http: there is no such path';
  return sendText(reply, 404, failureText(404, 'Not found', detail), deps.config.mirrorHttpStatus);
}

/** The dialect of the platform: CONTRACT.md 1 to 4. */
export function addApiScope(app: FastifyInstance, deps: HttpDeps, bodies: BodyReader): void {
  addBodyParser(app);
  // The schemas are documentation. What a request may hold is checked by the rooms that understand it.
  app.setValidatorCompiler(() => () => true);
  app.setErrorHandler((thrown, request, reply) => {
    const { code, text } = describeFault(thrown, request, reply, deps);
    return sendText(reply, code, text, deps.config.mirrorHttpStatus);
  });
  app.setNotFoundHandler((request, reply) => sendUnknownPath(request, reply, deps));
  for (const method of methods) addMethod(app, deps, bodies, method);
  addFileUpload(app, deps, bodies);
}
