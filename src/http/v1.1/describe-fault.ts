import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, MusterError, toError } from '../../base/index.ts';
import type { HttpDeps } from '../deps.ts';
import { clientFault } from '../faults.ts';
import { RepeatedRequest } from './dedup.ts';
import { failureText } from './envelope.ts';

/** An answer in the envelope of the dialect, not yet sent. */
export interface FaultAnswer {
  readonly code: 0 | ErrorCode;
  readonly text: string;
}

/**
 * What is answered to whatever was thrown: to a repeated request the answer of the first. Sets the headers that belong to
 * it; a fault of ours is logged, and not told.
 */
export function describeFault(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  deps: HttpDeps,
): FaultAnswer {
  if (thrown instanceof RepeatedRequest) {
    reply.header('duplicate-key', thrown.key.toString('base64')).header('duplicate-request', 'true');
    return { code: 0, text: thrown.answer };
  }
  if (thrown instanceof MusterError) {
    const { code, message, detail, retryAfterSeconds = 1 } = thrown;
    if (code === 429) reply.header('retry-after', String(retryAfterSeconds));
    return { code, text: failureText(code, message, detail) };
  }
  const fault = clientFault(thrown);
  if (fault !== undefined) {
    return { code: 400, text: failureText(400, 'Invalid request', `http: ${fault.message}`) };
  }
  deps.log.error(
    { err: toError(thrown), requestId: request.id, route: request.routeOptions.url },
    'a request met a fault',
  );
  return { code: 500, text: failureText(500, 'Internal error', `request ${request.id}`) };
}
