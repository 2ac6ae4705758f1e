import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { findStoredAnswer, findToken, type Token } from '../../accounts/index.ts';
import { type ErrorCode, MusterError } from '../../base/index.ts';
import { requireRoom, streamTask } from '../../importer/index.ts';
import type { HttpDeps } from '../deps.ts';
import { queryWithoutToken } from '../paths.ts';
import { bearerSecret, querySecret } from '../secrets.ts';
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

async function authenticate({ db }: HttpDeps, request: FastifyRequest): Promise<Token> {
  const secret = bearerSecret(request) ?? querySecret(request);
  if (secret === undefined) {
    const detail = 'token: missing; expected in the header Authorization: Bearer, or as ?token=';
    throw new MusterError(401, { field: 'token', detail });
  }
  const token = await findToken(db, secret);
  if (token !== undefined) return token;
  throw new MusterError(401, { field: 'token', detail: 'token: unknown or revoked' });
}

/** What makes a stream the same as another, once `bodyHash` is known; the header belongs to the body. */
function identifyStream(
  { config, clock }: HttpDeps,
  request: FastifyRequest,
  token: Token,
  bodyHash: Buffer,
): RequestIdentity | undefined {
  const requestId = request.headers['request-id'];
  return identifyRequest({
    method: 'imports',
    query: queryWithoutToken(request.url),
    bodyHash,
    requestId: typeof requestId === 'string' ? requestId : undefined,
    tokenId: token.id,
    windowSeconds: config.repeatWindowSeconds,
    now: clock.now(),
  });
}

/** A repeat that its Request-ID tells is read, to see whether its body is the same, and not stored. */
async function isKnownId(deps: HttpDeps, request: FastifyRequest, token: Token): Promise<boolean> {
  if (!request.headers['request-id']) return false;
  const identity = identifyStream(deps, request, token, Buffer.alloc(0));
  if (identity === undefined) return false;
  return (await findStoredAnswer(deps.db, identity.key, identity.since)) !== undefined;
}

/** @returns the JSON text of the answer; failures are thrown. */
async function takeStream(deps: HttpDeps, request: FastifyRequest, token: Token): Promise<string> {
  const { db, clock, signals, config } = deps;
  const keys = readKeys(request);
  requireCoding(request.raw);
  const hash = createHash('sha256').update(`${request.headers['muster-import'] ?? ''}\n`);
  const identify = () => identifyStream(deps, request, token, hash.copy().digest());
  const pieces = readPieces(request.raw, clock, hash);
  if (await isKnownId(deps, request, token)) {
    for await (const _piece of pieces);
    const identity = identify();
    if (identity !== undefined) await refuseRepeat(db, identity);
  }
  await requireRoom(db, clock, config.maxWaitingRows);
  const task = await streamTask(
    { db, clock, signals, retentionDays: config.taskRetentionDays, wake: deps.wakeImporter },
    token,
    keys,
    (databaseId) => requireRight(token, ['import'], databaseId),
    pieces,
    async (tx, { taskId, total }) => {
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
    const token = await authenticate(deps, request);
    requireRight(token, ['import']);
    if (streams.size >= MAX_STREAMS) {
      const detail = `${MAX_STREAMS} streams are under way here; try again in ${BUSY_PAUSE_SECONDS} s`;
      throw new MusterError(429, { detail, retryAfterSeconds: BUSY_PAUSE_SECONDS });
    }
    const { socket } = request.raw;
    const stream = takeStream(deps, request, token);
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
