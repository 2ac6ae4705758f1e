import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import {
  changeUser,
  createUser,
  deleteUser,
  newPassword,
  selectUser,
  selectUsers,
  type User,
} from '../../accounts/index.ts';
import { invalidRequest } from '../../base/index.ts';
import { normalizeEmail } from '../../profiles/index.ts';
import type { HttpDeps } from '../deps.ts';
import { type UserObject, user, userBody, userPatch, userWithPassword } from './account-contract.ts';
import { idParams, noQuery } from './contract.ts';
import { answers, noSuch } from './routes.ts';

export function toUserObject(stored: User): UserObject {
  return {
    id: stored.id,
    email: stored.email,
    name: stored.name,
    role: stored.role,
    language: stored.language,
    disabled_at: stored.disabledAt?.toISOString() ?? null,
    created_at: stored.createdAt.toISOString(),
    updated_at: stored.updatedAt.toISOString(),
    last_login_at: stored.lastLoginAt?.toISOString() ?? null,
  };
}

/** @throws {MusterError} 400 when it is none. */
export function readEmail(text: string): string {
  const email = normalizeEmail(text);
  if (email === undefined) throw invalidRequest('email', 'expected an e-mail address');
  return email;
}

/** They give access to everything, so who is bound to some databases has nothing to do with them. */
const access = { role: 'owner', everyDatabase: true } as const;

function addReading(root: FastifyInstance, { db }: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    '/users',
    {
      config: access,
      schema: {
        summary: 'List the people who may log in',
        querystring: noQuery,
        response: answers(200, Type.Object({ data: Type.Array(user), total: Type.Integer() })),
      },
    },
    async () => {
      const found = await selectUsers(db);
      return { data: found.map(toUserObject), total: found.length };
    },
  );

  app.get(
    '/users/:id',
    {
      config: access,
      schema: {
        summary: 'Get a user',
        params: idParams,
        querystring: noQuery,
        response: answers(200, user),
      },
    },
    async (request) => {
      const found = await selectUser(db, request.params.id);
      if (found === undefined) throw noSuch('user', request.params.id);
      return toUserObject(found);
    },
  );
}

/** Users, for owners. */
export function addUsers(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, clock, passwords } = deps;
  addReading(root, deps);

  app.post(
    '/users',
    {
      config: access,
      schema: {
        summary: 'Make a user; without a password one is made, and shown in this answer only',
        querystring: noQuery,
        body: userBody,
        response: answers(201, userWithPassword),
      },
    },
    async (request, reply) => {
      const { name, role, language = null, password: given } = request.body;
      const email = readEmail(request.body.email);
      const password = given ?? newPassword();
      const passwordHash = await passwords.hash(password);
      const made = await createUser(db, { email, name, role, language, passwordHash, now: clock.now() });
      const shown = given === undefined ? { password } : {};
      return reply.code(201).send({ ...toUserObject(made), ...shown });
    },
  );

  app.patch(
    '/users/:id',
    {
      config: access,
      schema: {
        summary: 'Change a user; password null makes one, shown in this answer only',
        params: idParams,
        querystring: noQuery,
        body: userPatch,
        response: answers(200, userWithPassword),
      },
    },
    async (request) => {
      const { id } = request.params;
      const { name, role, disabled, password: given } = request.body;
      const password = given === null ? newPassword() : given;
      const passwordHash = password === undefined ? undefined : await passwords.hash(password);
      const { session } = request;
      const keep = session?.user.id === id ? session.tokenHash : null;
      const change = { name, role, disabled, passwordHash };
      const changed = await changeUser(db, id, change, { now: clock.now(), keep });
      if (changed === undefined) throw noSuch('user', id);
      return { ...toUserObject(changed), ...(given === null ? { password } : {}) };
    },
  );

  app.delete(
    '/users/:id',
    {
      config: access,
      schema: {
        summary: 'Delete a user, whose sessions end at once',
        params: idParams,
        querystring: noQuery,
        response: answers(204, Type.Null()),
      },
    },
    async (request, reply) => {
      if (!(await deleteUser(db, request.params.id))) throw noSuch('user', request.params.id);
      return reply.code(204).send(null);
    },
  );
}
