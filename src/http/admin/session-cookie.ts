import type { FastifyReply, FastifyRequest } from 'fastify';
import { SESSION_SECONDS } from '../../accounts/index.ts';
import type { HttpDeps } from '../deps.ts';

const COOKIE = 'muster_session';
/** Longer ones are none of ours. */
const MAX_LENGTH = 100;

/** What stands in the cookie of sessions. */
export function sessionSecret(request: FastifyRequest): string | undefined {
  const secret = request.cookies[COOKIE];
  return secret === undefined || secret === '' || secret.length > MAX_LENGTH ? undefined : secret;
}

function settingsOf({ config }: HttpDeps, request: FastifyRequest) {
  // `protocol` is what a proxy says only where the operator trusts it.
  const secure = request.protocol === 'https' || /^https:/i.test(config.publicUrl ?? '');
  return { path: '/', httpOnly: true, sameSite: 'lax' as const, secure };
}

/** The server ends sessions; the cookie only lasts as long as one can. */
export function setSessionCookie(
  deps: HttpDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  secret: string,
): void {
  reply.setCookie(COOKIE, secret, { ...settingsOf(deps, request), maxAge: SESSION_SECONDS });
}

export function clearSessionCookie(deps: HttpDeps, request: FastifyRequest, reply: FastifyReply): void {
  reply.clearCookie(COOKIE, settingsOf(deps, request));
}
