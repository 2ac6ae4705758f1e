import type { Socket } from 'node:net';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { type ErrorCode, newUuid, toError } from '../base/index.ts';
import { addPrincipals } from './admin/auth.ts';
import { ADMIN_PREFIX, addAdminScope, sendUnknownResource } from './admin/scope.ts';
import { BodyGate } from './body-gate.ts';
import { BodyReader } from './body-reader.ts';
import { endBrokenConnection } from './client-errors.ts';
import type { HttpDeps } from './deps.ts';
import { addEventScope, EVENTS_PATH } from './events/scope.ts';
import { clientFault } from './faults.ts';
import { addHealth } from './health.ts';
import { addImportScope, IMPORTS_PATH } from './imports/scope.ts';
import { addOpenApi, addOpenApiRoute } from './openapi.ts';
import { normalPath } from './paths.ts';
import { addReportScope, REPORTS_PATH } from './tracking/reports.ts';
import { addTrackingScope } from './tracking/scope.ts';
import { API_PREFIX, addApiScope, sendUnknownPath } from './v1.1/scope.ts';
import {
  addWebParts,
  contentSecurityPolicy,
  readWebPages,
  sendPage,
  type WebPages,
  wantsPage,
} from './web.ts';

declare module 'fastify' {
  interface FastifyReply {
    /** The `error` of an answer of /api/v1.1, for the metrics: its HTTP status says nothing. */
    errorCode: 0 | ErrorCode;
  }
}

/** From the first byte of a request to its last, but for streams and bodies that wait at the gate. Also bounds how long an oversize body is drained. */
const REQUEST_LIMIT_MS = 300_000;
/** How long requests under way may take to end when the server closes. */
const CLOSE_LIMIT_MS = 10_000;

const HOME = {
  name: 'Muster',
  about: 'Takes batches of customer profiles by HTTP, imports them and walks each through a workflow.',
  links: {
    import: 'POST /api/v1.1/workflows/import_and_start_batch_task',
    stream: 'POST /api/imports',
    status: 'POST /api/v1.1/tasks/status',
    events: 'GET /api/events',
    admin: '/api/admin',
    openapi: '/api/openapi.json',
    health: '/healthz',
    readiness: '/readyz',
    metrics: '/metrics',
  },
} as const;

function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

/**
 * In the dialect of the scope that the path belongs to, however its slashes are written. Every other address may be one of
 * a page, which the browser knows.
 */
function sendNotFound(
  request: FastifyRequest,
  reply: FastifyReply,
  deps: HttpDeps,
  pages: WebPages,
): FastifyReply {
  const path = normalPath(request.url);
  if (!deps.answersApi) {
    const detail = 'this process is a worker, it answers /healthz, /readyz and /metrics alone';
    return reply.code(404).send({ error: 404, error_debug: detail, error_text: 'Not found' });
  }
  if (isBelow(path, API_PREFIX)) return sendUnknownPath(request, reply, deps);
  if (isBelow(path, ADMIN_PREFIX)) return sendUnknownResource(request, reply);
  if (wantsPage(request) && !isBelow(path, '/api')) return sendPage(reply, pages);
  return reply.code(404).send({ error: 404, error_text: 'Not found' });
}

function outcomeOf(reply: FastifyReply): string {
  if (reply.errorCode !== 0) return String(reply.errorCode);
  return reply.statusCode < 400 ? 'ok' : String(reply.statusCode);
}

function addRecords(app: FastifyInstance, deps: HttpDeps): void {
  app.decorateReply('errorCode', 0);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unmatched';
    const outcome = outcomeOf(reply);
    deps.metrics.observeRequest(route, outcome, reply.elapsedTime / 1000);
    deps.log.debug({ requestId: request.id, method: request.method, route, outcome }, 'answered');
  });
}

/** Faults outside the scopes, whose handlers answer for themselves. */
function sendRootFault(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  deps: HttpDeps,
): FastifyReply {
  const fault = clientFault(thrown);
  if (fault !== undefined) return reply.code(fault.status).send({ error: 400, error_text: fault.message });
  deps.log.error({ err: toError(thrown), requestId: request.id }, 'a request met a fault');
  return reply
    .code(500)
    .send({ error: 500, error_text: 'Internal error', error_debug: `request ${request.id}` });
}

/** Connections that outlast the close, such as a client that sends one byte a minute, are cut off. */
function boundClose(app: FastifyInstance): void {
  let timer: NodeJS.Timeout | undefined;
  app.addHook('preClose', async () => {
    timer = setTimeout(() => app.server.closeAllConnections(), CLOSE_LIMIT_MS);
  });
  app.addHook('onClose', async () => clearTimeout(timer));
}

/** The HTTP side of the program, not yet listening. `close` lets requests under way end. */
export function createServer(deps: HttpDeps): FastifyInstance {
  const patientSockets = new WeakSet<Socket>();
  const gate = new BodyGate(deps.config.bodiesAtOnceBytes);
  const bodies = new BodyReader(gate, deps.clock, patientSockets);
  const pages = readWebPages();
  const app = fastify({
    // Requests are logged by the hooks and handlers of this room, through the log that it is given.
    logger: false,
    genReqId: newUuid,
    requestTimeout: REQUEST_LIMIT_MS,
    // Only proxies that the operator names are believed.
    trustProxy: deps.config.trustedProxies ?? false,
    bodyLimit: deps.config.bodyLimitBytes,
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true },
    clientErrorHandler: (fault, socket) =>
      endBrokenConnection(fault, socket, (one) => patientSockets.has(one)),
    // Reached by a path that cannot be decoded, before any route and hook.
    frameworkErrors: (_error, request, reply) => {
      reply.header('x-request-id', request.id);
      sendNotFound(request, reply, deps, pages);
    },
  });
  app.removeAllContentTypeParsers();
  addRecords(app, deps);
  boundClose(app);
  app.register(helmet, { contentSecurityPolicy });
  app.register(cookie);
  addPrincipals(app);
  app.setErrorHandler((thrown, request, reply) => sendRootFault(thrown, request, reply, deps));
  app.setNotFoundHandler((request, reply) => sendNotFound(request, reply, deps, pages));
  addOpenApi(app, deps);
  app.register(async (scope) => {
    addHealth(scope, deps, () => gate.figures);
    addOpenApiRoute(scope);
    scope.get('/', { schema: { hide: true } }, async (request, reply) =>
      deps.answersApi && wantsPage(request) ? sendPage(reply, pages) : HOME,
    );
  });
  if (!deps.answersApi) return app;
  app.register(async (scope) => addWebParts(scope, pages, deps));
  app.register(async (scope) => addApiScope(scope, deps, bodies), { prefix: API_PREFIX });
  app.register(async (scope) => addImportScope(scope, deps, patientSockets), { prefix: IMPORTS_PATH });
  app.register(async (scope) => addReportScope(scope, deps), { prefix: REPORTS_PATH });
  app.register(async (scope) => addTrackingScope(scope, deps));
  app.register(async (scope) => addEventScope(scope, deps, bodies), { prefix: EVENTS_PATH });
  app.register(async (scope) => addAdminScope(scope, deps, bodies), { prefix: ADMIN_PREFIX });
  return app;
}
