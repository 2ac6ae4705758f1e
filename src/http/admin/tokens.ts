import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import {
  createToken,
  type ListedToken,
  listTokens,
  type Principal,
  revokeToken,
} from '../../accounts/index.ts';
import { MusterError } from '../../base/index.ts';
import { listDatabases } from '../../profiles/index.ts';
import type { HttpDeps } from '../deps.ts';
import { principalOf } from './auth.ts';
import { createdToken, idParams, noQuery, type TokenObject, token, tokenBody } from './contract.ts';
import { answers, noSuch } from './routes.ts';

function toObject(listed: ListedToken): TokenObject {
  return {
    id: listed.id,
    name: listed.name,
    rights: [...listed.rights],
    database_ids: listed.databaseIds === null ? null : [...listed.databaseIds],
    created_at: listed.createdAt.toISOString(),
    revoked_at: listed.revokedAt?.toISOString() ?? null,
  };
}

/** Whether the token reaches no further than who asks: only then may they see, make or revoke it. */
function isWithin(inner: readonly number[] | null, outer: Principal): boolean {
  const { databaseIds } = outer;
  return databaseIds === null || (inner?.every((id) => databaseIds.includes(id)) ?? false);
}

/** Tokens: made (the secret is in that one answer), listed, revoked. */
export function addTokens(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, clock } = deps;

  app.get(
    '/tokens',
    {
      config: { role: 'owner' },
      schema: {
        summary: 'List tokens, without their secrets',
        querystring: noQuery,
        response: answers(200, Type.Object({ data: Type.Array(token), total: Type.Integer() })),
      },
    },
    async (request) => {
      const admin = principalOf(request);
      const seen = (await listTokens(db)).filter((listed) => isWithin(listed.databaseIds, admin));
      return { data: seen.map(toObject), total: seen.length };
    },
  );

  app.post(
    '/tokens',
    {
      config: { role: 'owner' },
      schema: {
        summary: 'Make a token; its secret is shown in this answer only',
        querystring: noQuery,
        body: tokenBody,
        response: answers(201, createdToken),
      },
    },
    async (request, reply) => {
      const { name, rights, database_ids: databaseIds = null } = request.body;
      if (!isWithin(databaseIds, principalOf(request))) {
        const detail = 'database_ids: expected some of the databases that your own token is bound to';
        throw new MusterError(403, { field: 'database_ids', detail });
      }
      const known = new Set((await listDatabases(db)).map((database) => database.id));
      const unknown = databaseIds?.find((id) => !known.has(id));
      if (unknown !== undefined) {
        const detail = `database_ids: there is no database ${unknown}`;
        throw new MusterError(400, { field: 'database_ids', detail });
      }
      const created = await createToken(db, clock, { name, rights, databaseIds });
      return reply.code(201).send({ ...toObject(created.token), token: created.secret });
    },
  );

  app.delete(
    '/tokens/:id',
    {
      config: { role: 'owner' },
      schema: {
        summary: 'Revoke a token, for good and at once',
        params: idParams,
        querystring: noQuery,
        response: answers(204, Type.Null()),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const listed = (await listTokens(db)).find((other) => other.id === id);
      if (listed === undefined || !isWithin(listed.databaseIds, principalOf(request)))
        throw noSuch('token', id);
      await revokeToken(db, clock, id);
      return reply.code(204).send(null);
    },
  );
}
