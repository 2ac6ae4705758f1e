import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  findSession,
  findToken,
  type Principal,
  principalOfToken,
  principalOfUser,
  type Role,
  reaches,
  type Session,
} from '../../accounts/index.ts';
import { MusterError } from '../../base/index.ts';
import type { HttpDeps } from '../deps.ts';
import { bearerSecret, querySecret } from '../secrets.ts';
import { sessionSecret } from './session-cookie.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Who may use a route of /api/admin; `public` = anybody. Absent = viewers where the method only looks, else editors,
     * so that a route that says nothing is not open.
     */
    role?: Role | 'public';
    /** Whether who is bound to some databases may not use it. */
    everyDatabase?: boolean;
    /** Whether it is for people who are logged in, not for tokens. */
    peopleOnly?: boolean;
  }
  interface FastifyRequest {
    /** Who makes it; null where nobody had to be known. */
    principal: Principal | null;
    /** That of a person who is logged in. */
    session: Session | null;
  }
}

/** The places in requests where it is kept who makes them. */
export function addPrincipals(app: FastifyInstance): void {
  app.decorateRequest('principal', null);
  app.decorateRequest('session', null);
}

export function isLooking(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function originOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).origin : undefined;
}

/**
 * A browser tells on which page a changing request was made; programs do not.
 * @throws {MusterError} 403 when that is a page of another server.
 */
function requireOwnPage({ config }: HttpDeps, request: FastifyRequest): void {
  const { origin } = request.headers;
  if (origin === undefined) return;
  if (URL.canParse(origin)) {
    // A proxy may take the https off: what counts is the host. Either side may name the usual port.
    const own = [originOf(`${new URL(origin).protocol}//${request.host}`), originOf(config.publicUrl)];
    if (own.includes(new URL(origin).origin)) return;
  }
  throw new MusterError(403, { detail: 'the request comes from a page of another server' });
}

/** @throws {MusterError} 403 without what only a page of ours can know. */
function requireCsrfToken(request: FastifyRequest, { csrfToken }: Session): void {
  const given = request.headers['x-csrf-token'];
  const [left, right] = [Buffer.from(String(given ?? '')), Buffer.from(csrfToken)];
  if (left.length === right.length && timingSafeEqual(left, right)) return;
  const detail = 'expected the csrf_token of the session in the header x-csrf-token';
  throw new MusterError(403, { detail });
}

/** The session of the cookie; undefined when there is none, or it has ended. */
export async function readSession(
  { db, clock }: HttpDeps,
  request: FastifyRequest,
): Promise<Session | undefined> {
  const secret = sessionSecret(request);
  return secret === undefined ? undefined : findSession(db, secret, clock.now());
}

/**
 * Who makes a request: a token, from the header or the address, else a person by the cookie. Kept in the request.
 * @throws {MusterError} 401 when neither is there or good, 403 for a changing request by cookie that another page may
 * have made.
 */
export async function authenticate(deps: HttpDeps, request: FastifyRequest): Promise<Principal> {
  const secret = bearerSecret(request) ?? querySecret(request);
  if (secret !== undefined) {
    const token = await findToken(deps.db, secret);
    if (token === undefined) throw new MusterError(401, { detail: 'token: unknown or revoked' });
    const principal = principalOfToken(token);
    request.principal = principal;
    return principal;
  }
  const session = await readSession(deps, request);
  if (session === undefined) {
    const detail =
      'token: missing; expected in the header Authorization: Bearer, or as ?token=, or the cookie of a session';
    throw new MusterError(401, { detail });
  }
  if (!isLooking(request.method)) {
    requireOwnPage(deps, request);
    requireCsrfToken(request, session);
  }
  const principal = principalOfUser(session.user);
  request.session = session;
  request.principal = principal;
  return principal;
}

/** @throws {MusterError} 403 for a person whose role does not reach; what tokens may is told by their rights. */
export function requireRole(principal: Principal, needed: Role): void {
  if (reaches(principal.role, needed)) return;
  throw new MusterError(403, { detail: `this is for the role ${needed}; yours is ${principal.role}` });
}

/**
 * Lets a request of /api/admin in, or not, by what its route declares.
 * @throws {MusterError} 401 when nobody is known, 403 for whom the route is not.
 */
export async function admit(deps: HttpDeps, request: FastifyRequest): Promise<void> {
  const { config } = request.routeOptions;
  // Where there is no route nothing can be done; whoever may look is told so.
  const role = config.role ?? (isLooking(request.method) || request.is404 ? 'viewer' : 'editor');
  if (role === 'public') {
    if (!isLooking(request.method)) requireOwnPage(deps, request);
    return;
  }
  const principal = await authenticate(deps, request);
  if (principal.kind === 'token' && !principal.rights.includes('admin')) {
    throw new MusterError(403, { detail: 'the token lacks the right admin' });
  }
  requireRole(principal, role);
  if (config.peopleOnly === true && principal.kind !== 'user') {
    throw new MusterError(403, { detail: 'this is for people who are logged in, not for tokens' });
  }
  if (config.everyDatabase === true) requireEveryDatabase(request, 'do this');
}

/** Who the hook of the scope has let in. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === null) throw new Error('a route was reached without the hook of its scope');
  return request.principal;
}

/** Whether they may see what belongs to that database; what they may not see is as if it were not there. */
export function sees(request: FastifyRequest, databaseId: number): boolean {
  return principalOf(request).databaseIds?.includes(databaseId) ?? true;
}

/** @throws {MusterError} 403 for a token that is bound to some databases. */
export function requireEveryDatabase(request: FastifyRequest, action: string): void {
  if (principalOf(request).databaseIds === null) return;
  throw new MusterError(403, { detail: `a token that is bound to some databases cannot ${action}` });
}
