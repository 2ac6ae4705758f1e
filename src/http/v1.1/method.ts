import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import type { Right, Token } from '../../accounts/index.ts';
import { invalidRequest, type JsonObject, type Outcome, ownValue } from '../../base/index.ts';
import type { HttpDeps } from '../deps.ts';
import { queryText } from '../secrets.ts';
import { authenticate, requireRight } from './auth.ts';
import { failureText, sendText } from './envelope.ts';

/** A body as the parser of the scope leaves it. */
export type ApiBody = Outcome<
  { readonly object: JsonObject; readonly hash: Buffer },
  { readonly detail: string; readonly drained?: Promise<void> }
>;

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
  /** For the OpenAPI document only: rooms below check what they are given. */
  readonly schema: FastifySchema;
  /** Returns the text of the answer; failures are thrown. */
  handle(call: ApiCall): Promise<string>;
}

function requireJson(request: FastifyRequest, body: JsonObject): void {
  const format = ownValue(body, 'format') ?? queryText(request, 'format');
  if (format === undefined || format === null || format === '' || format === 'json') return;
  if (format === 'xml' || format === 'csv') {
    throw invalidRequest('format', 'only json is available in this version');
  }
  throw invalidRequest('format', 'expected json');
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

/** Adds the route of a method: body, token, right, format, then the method itself. */
export function addMethod(app: FastifyInstance, deps: HttpDeps, method: ApiMethod): void {
  app.post<{ Body: ApiBody | undefined }>(
    `/${method.name}`,
    { schema: method.schema },
    async (request, reply) => {
      const parsed = request.body;
      const mirrorStatus = deps.config.mirrorHttpStatus;
      if (parsed === undefined) {
        return sendBodyFault(reply, { detail: 'body: empty, expected a JSON object' }, mirrorStatus);
      }
      if (!parsed.ok) return sendBodyFault(reply, parsed.error, mirrorStatus);
      const { object: body, hash: bodyHash } = parsed.value;
      const token = await authenticate(deps.db, request, body);
      requireRight(token, method.rights);
      requireJson(request, body);
      const text = await method.handle({ deps, request, token, body, bodyHash });
      return sendText(reply, 0, text, mirrorStatus);
    },
  );
}
