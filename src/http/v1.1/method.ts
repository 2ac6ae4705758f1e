import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import type { Right, Token } from '../../accounts/index.ts';
import type { JsonObject } from '../../base/index.ts';
import type { BodyReader } from '../body-reader.ts';
import type { HttpDeps } from '../deps.ts';
import { requireFormat } from './answer-format.ts';
import { authenticate, requireRight } from './auth.ts';
import { failureText, sendTable, sendText } from './envelope.ts';
import { type ApiBody, readApiBody } from './read-api-body.ts';

/** One request to a method of the dialect, its token known and in possession of a right that the method asks for. */
export interface ApiCall {
  readonly deps: HttpDeps;
  readonly request: FastifyRequest;
  readonly token: Token;
  readonly body: JsonObject;
  readonly bodyHash: Buffer;
}

export interface ApiMethod {
  /** As the platform names it, `tasks/status`. */
  readonly name: string;
  /** Any of them will do. */
  readonly rights: readonly Right[];
  /** The columns of an answer whose `data` is a table: it may be had as CSV or NDJSON too. */
  readonly columns?: readonly string[];
  /** For the OpenAPI document only: rooms below check what they are given. */
  readonly schema: FastifySchema;
  /** Returns the JSON text of the answer; failures are thrown. */
  handle(call: ApiCall): Promise<string>;
}

/** The oversize answer goes out at once, but on a connection that ends with it only after the client's last byte. */
async function sendBodyFault(
  reply: FastifyReply,
  fault: { readonly detail: string; readonly drained?: Promise<void> },
  mirrorStatus: boolean,
): Promise<FastifyReply> {
  if (fault.drained !== undefined && !reply.raw.shouldKeepAlive) await fault.drained;
  return sendText(reply, 400, failureText(400, 'Invalid request', fault.detail), mirrorStatus);
}

/** For the OpenAPI document: request and answers have the same shape in both media types. */
export function methodSchema({ schema, columns }: Pick<ApiMethod, 'schema' | 'columns'>): FastifySchema {
  const both = ['application/json', 'application/xml'];
  const produces = columns === undefined ? both : [...both, 'text/csv', 'application/x-ndjson'];
  return { consumes: both, produces, ...schema };
}

/** Answers a request whose body was read: token, right, format, then the method itself. */
export async function answerCall(
  deps: HttpDeps,
  method: ApiMethod,
  request: FastifyRequest,
  reply: FastifyReply,
  parsed: ApiBody | undefined,
): Promise<FastifyReply> {
  const mirrorStatus = deps.config.mirrorHttpStatus;
  if (parsed === undefined) {
    return sendBodyFault(reply, { detail: 'body: empty, expected a JSON object' }, mirrorStatus);
  }
  if (!parsed.ok) return sendBodyFault(reply, parsed.error, mirrorStatus);
  const { object: body, hash: bodyHash } = parsed.value;
  const token = await authenticate(deps.db, request, body);
  requireRight(token, method.rights);
  const { columns } = method;
  requireFormat(request, columns !== undefined);
  const text = await method.handle({ deps, request, token, body, bodyHash });
  if (columns !== undefined) return sendTable(reply, text, columns, mirrorStatus);
  return sendText(reply, 0, text, mirrorStatus);
}

/** Adds the route of a method whose body is read whole. It has its place at the gate until the answer is there. */
export function addMethod(app: FastifyInstance, deps: HttpDeps, bodies: BodyReader, method: ApiMethod): void {
  app.post<{ Body: ApiBody | undefined }>(
    `/${method.name}`,
    { schema: methodSchema(method) },
    async (request, reply) => {
      const { body, leave } = await readApiBody(bodies, request, deps.config.bodyLimitBytes);
      request.body = body;
      try {
        return await answerCall(deps, method, request, reply, body);
      } finally {
        leave();
      }
    },
  );
}
