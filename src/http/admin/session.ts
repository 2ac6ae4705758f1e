import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import {
  changeUser,
  checkOwnPassword,
  countAddressAttempt,
  createFirstOwner,
  endSession,
  findSettings,
  findToken,
  hasUsers,
  logIn,
  mayUse,
  openSession,
  principalOfUser,
  type Session,
  type UserChange,
} from '../../accounts/index.ts';
import { MusterError } from '../../base/index.ts';
import { normalizeEmail } from '../../profiles/index.ts';
import type { HttpDeps } from '../deps.ts';
import {
  logInBody,
  openedSession,
  ownUser,
  passwordBody,
  selfPatch,
  sessionState,
  setupBody,
} from './account-contract.ts';
import { actorOf, circumstancesOf, writeAudit } from './audit-trail.ts';
import { readSession } from './auth.ts';
import { noQuery } from './contract.ts';
import { answers } from './routes.ts';
import { clearSessionCookie, sessionSecret, setSessionCookie } from './session-cookie.ts';
import { readEmail, toUserObject } from './users.ts';

/** Writes the entry of a log-in or log-out of the user, or of one that nobody knows. */
async function auditSession(
  deps: HttpDeps,
  request: FastifyRequest,
  action: string,
  user: { readonly id: number; readonly name: string } | null,
  tried: string | null = null,
): Promise<void> {
  await writeAudit(deps, request, {
    ...circumstancesOf(deps, request),
    ...actorOf(request),
    action,
    objectKind: action.slice(0, action.indexOf('.')),
    objectId: user === null ? null : String(user.id),
    objectName: user?.name ?? tried,
    databaseId: null,
    details: {},
  });
}

function originOf(request: FastifyRequest) {
  return { ip: request.ip, userAgent: request.headers['user-agent'] ?? '' };
}

/** Gives the browser a session, in the place of one that it may have had. */
async function enter(
  deps: HttpDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  session: Session & { token: string },
) {
  const former = sessionSecret(request);
  if (former !== undefined) await endSession(deps.db, former);
  setSessionCookie(deps, request, reply, session.token);
  request.principal = principalOfUser(session.user);
  return { user: toUserObject(session.user), csrf_token: session.csrfToken };
}

/** The session of a person whom the hook has let in. */
function sessionOf(request: FastifyRequest): Session {
  if (request.session === null) throw new Error('a route for people was reached without a session');
  return request.session;
}

function addSetup(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, clock, passwords } = deps;
  app.post(
    '/setup',
    {
      config: { role: 'public', action: null },
      schema: {
        summary: 'Make the first user, an owner, by a full-rights token, and log in; once',
        security: [],
        querystring: noQuery,
        body: setupBody,
        response: answers(201, openedSession),
      },
    },
    async (request, reply) => {
      const { setup_token: secret, name, password } = request.body;
      const email = readEmail(request.body.email);
      const settle = await countAddressAttempt(db, request.ip, clock.now());
      const token = await findToken(db, secret);
      if (token === undefined || !mayUse(token, 'admin') || token.databaseIds !== null) {
        const detail = 'setup_token: expected a token with the right admin on every database';
        throw new MusterError(403, { field: 'setup_token', detail });
      }
      await settle();
      const taken = { detail: 'there is a user already; log in, or let an owner make you one' };
      if (await hasUsers(db)) throw new MusterError(409, taken);
      const passwordHash = await passwords.hash(password);
      const owner = await createFirstOwner(db, {
        ...{ email, name, language: null, passwordHash, now: clock.now() },
      });
      if (owner === undefined) throw new MusterError(409, taken);
      const opened = await openSession(db, owner, originOf(request), clock.now());
      const answer = await enter(deps, request, reply, opened);
      await auditSession(deps, request, 'user.setup', owner);
      return reply.code(201).send(answer);
    },
  );
}

function addLogIn(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  app.post(
    '/session',
    {
      config: { role: 'public', action: null },
      schema: {
        summary: 'Log in; the session is in the cookie muster_session',
        security: [],
        querystring: noQuery,
        body: logInBody,
        response: answers(200, openedSession),
      },
    },
    async (request, reply) => {
      const { email: given, password } = request.body;
      const email = normalizeEmail(given) ?? given;
      const outcome = await logIn(deps, { email, password }, originOf(request));
      if (!('token' in outcome)) {
        await auditSession(deps, request, 'session.log-in-failed', outcome.user, email);
        throw new MusterError(401, { detail: 'e-mail or password is wrong' });
      }
      const answer = await enter(deps, request, reply, outcome);
      await auditSession(deps, request, 'session.log-in', outcome.user);
      return answer;
    },
  );

  app.delete(
    '/session',
    {
      config: { role: 'viewer', peopleOnly: true, action: null },
      schema: { summary: 'Log out', querystring: noQuery, response: answers(204, Type.Null()) },
    },
    async (request, reply) => {
      const secret = sessionSecret(request);
      if (secret !== undefined) await endSession(deps.db, secret);
      clearSessionCookie(deps, request, reply);
      await auditSession(deps, request, 'session.log-out', sessionOf(request).user);
      return reply.code(204).send(null);
    },
  );
}

function addSelf(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, clock, passwords } = deps;

  /** Changes the one who asks. */
  async function changeSelf(request: FastifyRequest, change: UserChange) {
    const { user, tokenHash } = sessionOf(request);
    const changed = await changeUser(db, user.id, change, { now: clock.now(), keep: tokenHash });
    if (changed === undefined) throw new MusterError(401, { detail: 'the user was deleted' });
    request.auditNote = { objectId: String(user.id), objectName: changed.name };
    return { user: toUserObject(changed) };
  }

  app.patch(
    '/session',
    {
      config: { role: 'viewer', peopleOnly: true, action: 'user.update' },
      schema: {
        summary: 'Change your own name or language',
        querystring: noQuery,
        body: selfPatch,
        response: answers(200, ownUser),
      },
    },
    async (request) => changeSelf(request, request.body),
  );

  app.post(
    '/session/password',
    {
      config: { role: 'viewer', peopleOnly: true, action: 'user.change-password' },
      schema: {
        summary: 'Change your own password; your other sessions end',
        querystring: noQuery,
        body: passwordBody,
        response: answers(200, ownUser),
      },
    },
    async (request) => {
      const { current, new: next } = request.body;
      if (!(await checkOwnPassword(deps, sessionOf(request).user.email, current))) {
        throw new MusterError(400, { field: 'current', detail: 'current: is not your password' });
      }
      return changeSelf(request, { passwordHash: await passwords.hash(next) });
    },
  );
}

/** Logging in and out, and what people do to their own account. */
export function addSession(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  app.get(
    '/session',
    {
      config: { role: 'public' },
      schema: {
        summary: 'Who is logged in, and whether the first user must be made',
        security: [],
        querystring: noQuery,
        response: answers(200, sessionState),
      },
    },
    async (request) => {
      const session = await readSession(deps, request);
      return {
        setup_needed: session === undefined && !(await hasUsers(deps.db)),
        user: session === undefined ? null : toUserObject(session.user),
        csrf_token: session?.csrfToken ?? null,
        version: deps.version,
        ...(await findSettings(deps.db)),
      };
    },
  );
  addSetup(root, deps);
  addLogIn(root, deps);
  addSelf(root, deps);
}
