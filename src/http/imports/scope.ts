import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { findStoredAnswer, insertAudit, type Principal, tokenIdOf } from '../../accounts/index.ts';
import { type ErrorCode, MusterError } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { requireRoom, streamTask } from '../../importer/index.ts';
import { actorOf, circumstancesOf } from '../admin/audit-trail.ts';
import { authenticate, requireRole } from '../admin/auth.ts';
import type { HttpDeps } from '../deps.ts';
import { queryWithoutToken } from '../paths.ts';
import { requireRight } from '../v1.1/auth.ts';
import { identifyRequest, keepAnswer, type RequestIdentity, refuseRepeat } from '../v1.1/dedup.ts';
import { describeFault } from '../v1.1/describe-fault.ts';
import { successText } from '../v1.1/envelope.ts';
import { readKeys } from './read-keys.ts';
import { dropRest, readPieces, requireCoding } from './read-pieces.ts';
import { importSchema } from './schema.ts';

export const IMPORTS_PATH = '/api/imports';

/** Streams that one process takes at once: each holds some ten megabytes of rows. */
const MAX_STREAMS = 8;
const BUSY_PAUSE_SECONDS = 10;

/** The connections that a stream is read from: a request there may take as long as it goes on. */
export type StreamSockets = WeakSet<Socket>;

/** @throws {MusterError} 401, or 403 when the token lacks the right, or the person the role. */
async function admit(deps: HttpDeps, request: FastifyRequest): Promise<Principal> {
  const principal = await authenticate(deps, request);
  if (principal.kind === 'user') requireRole(principal, 'editor');
  requireRight(principal, ['import']);
  return principal;
}

/** The task tells who has brought it; for a person, who has no token, the audit does. */
async function auditStream(
  tx: Db,
  deps: HttpDeps,
  request: FastifyRequest,
  task: { taskId: string; total: number },
): Promise<void> {
  if (request.principal?.kind !== 'user') return;
  await insertAudit(tx, {
    ...circumstancesOf(deps, request),
    ...actorOf(request),
    ...{ action: 'task.create', objectKind: 'task', objectId: task.taskId, objectName: null },
    ...{ databaseId: null, details: { items: task.total } },
  });
}

/** What makes a stream the same as another, once `bodyHash` is known; the header belongs to the body. */
function identifyStream(
  { config, clock }: HttpDeps,
  request: FastifyRequest,
  principal: Principal,
  bodyHash: Buffer,
): RequestIdentity | undefined {
  const requestId = request.headers['request-id'];
  return identifyRequest({
    method: 'imports',
    query: queryWithoutToken(request.url),
    bodyHash,
    requestId: typeof requestId === 'string' ? requestId : undefined,
    // Users are numbered apart from tokens.
    caller: principal.kind === 'token' ? String(principal.id) : `user ${principal.id}`,
    windowSeconds: config.repeatWindowSeconds,
    now: clock.now(),
  });
}

/** A repeat that its Request-ID tells is read, to see whether its body is the same, and not stored. */
async function isKnownId(deps: HttpDeps, request: FastifyRequest, principal: Principal): Promise<boolean> {
  if (!request.headers['request-id']) return false;
  const identity = identifyStream(deps, request, principal, Buffer.alloc(0));
  if (identity === undefined) return false;
  return (await findStoredAnswer(deps.db, identity.key, identity.since)) !== undefined;
}

/** @returns the JSON text of the answer; failures are thrown. */
async function takeStream(deps: HttpDeps, request: FastifyRequest, principal: Principal): Promise<string> {
  const { db, clock, signals, config } = deps;
  const keys = readKeys(request);
  requireCoding(request.raw);
  const hash = createHash('sha256').update(`${request.headers['muster-import'] ?? ''}\n`);
  const identify = () => identifyStream(deps, request, principal, hash.copy().digest());
  const pieces = readPieces(request.raw, clock, hash);
  if (await isKnownId(deps, request, principal)) {
    for await (const _piece of pieces);
    const identity = identify();
    if (identity !== undefined) await refuseRepeat(db, identity);
  }
  await requireRoom(db, clock, config.maxWaitingRows);
  const task = await streamTask(
    { db, clock, signals, retentionDays: config.taskRetentionDays, wake: deps.wakeImporter },
    { id: tokenIdOf(principal), databaseIds: principal.databaseIds },
    keys,
    (databaseId) => requireRight(principal, ['import'], databaseId),
    pieces,
    async (tx, { taskId, total }) => {
      await auditStream(tx, deps, request, { taskId, total });
      const identity = identify();
      if (identity !== undefined) await keepAnswer(tx, identity, successText({ task_id: taskId, total }));
    },
  );
  return successText({ task_id: task.taskId, total: task.total });
}

/** In the envelope of the dialect, always as JSON, with the HTTP status that it says: no client of the platform knows the path. */
function sendAnswer(reply: FastifyReply, code: 0 | ErrorCode, text: string): FastifyReply {
  reply.errorCode = code;
  return reply
    .code(code === 0 ? 200 : code)
    .type('application/json; charset=utf-8')
    .send(text);
}

/** Imports as streams: CONTRACT.md 3. */
export function addImportScope(app: FastifyInstance, deps: HttpDeps, sockets: StreamSockets): void {
  const streams = new Set<Promise<string>>();
  // The body is read by the route, and only when everything else is in order.
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  app.setErrorHandler((thrown, request, reply) => {
    const { code, text } = describeFault(thrown, request, reply, deps);
    return sendAnswer(reply, code, text);
  });
  // Broken off by the close, they still have their task to delete.
  app.addHook('onClose', async () => {
    await Promise.allSettled(streams);
  });
  app.post('', { schema: importSchema, validatorCompiler: () => () => true }, async (request, reply) => {
    const principal = await admit(deps, request);
    if (streams.size >= MAX_STREAMS) {
      const detail = `${MAX_STREAMS} streams are under way here; try again in ${BUSY_PAUSE_SECONDS} s`;
      throw new MusterError(429, { detail, retryAfterSeconds: BUSY_PAUSE_SECONDS });
    }
    const { socket } = request.raw;
    const stream = takeStream(deps, request, principal);
    streams.add(stream);
    sockets.add(socket);
    try {
      return sendAnswer(reply, 0, await stream);
    } finally {
      streams.delete(stream);
      sockets.delete(socket);
      void dropRest(request.raw, deps.clock);
    }
  });
}
