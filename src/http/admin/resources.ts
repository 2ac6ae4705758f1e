import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { invalidRequest, type JsonObject, MusterError } from '../../base/index.ts';
import { checkSenderChoice } from '../../messages/index.ts';
import {
  createResource,
  findResource,
  listResources,
  type Resource,
  type ResourceSettings,
  updateResource,
} from '../../profiles/index.ts';
import type { HttpDeps } from '../deps.ts';
import { principalOf, sees } from './auth.ts';
import { idParams, noQuery } from './contract.ts';
import {
  type ResourceObject,
  type ResourcePatch,
  resource,
  resourceBody,
  resourcePatch,
} from './resource-contract.ts';
import { answers, noSuch } from './routes.ts';

function toObject(request: FastifyRequest, stored: Resource): ResourceObject {
  return {
    id: stored.id,
    name: stored.name,
    databases: stored.databaseIds.filter((id) => sees(request, id)),
    channels: [...stored.channels],
    categories: [...stored.categories],
    senders: stored.senders,
    policy: stored.policy,
    fields: stored.fields.map(({ name, type, options, match }) => ({
      ...{ name, type, match },
      options: options === null ? null : [...options],
    })),
    created_at: stored.createdAt.toISOString(),
  };
}

function toPolicy({ caps, quiet_hours }: NonNullable<ResourcePatch['policy']>): JsonObject {
  if (quiet_hours !== undefined && quiet_hours.from === quiet_hours.to) {
    throw invalidRequest('policy.quiet_hours.to', 'expected another time than from');
  }
  return { ...(caps === undefined ? {} : { caps }), ...(quiet_hours === undefined ? {} : { quiet_hours }) };
}

/** The keys of a body as the room below names them; what is absent stays absent. */
function toSettings(body: ResourcePatch): Partial<ResourceSettings> {
  const { name, databases, channels, categories, senders, policy, fields } = body;
  return {
    ...(name === undefined ? {} : { name }),
    ...(databases === undefined ? {} : { databaseIds: databases }),
    ...(channels === undefined ? {} : { channels }),
    ...(categories === undefined ? {} : { categories }),
    ...(senders === undefined ? {} : { senders }),
    ...(policy === undefined ? {} : { policy: toPolicy(policy) }),
    ...(fields === undefined
      ? {}
      : {
          fields: fields.map(({ options = null, match = false, ...field }) => ({ ...field, options, match })),
        }),
  };
}

/** A resource is seen where one of its databases is. One without any belongs to those who see every database. */
function isSeen(request: FastifyRequest, stored: Resource): boolean {
  return principalOf(request).databaseIds === null || stored.databaseIds.some((id) => sees(request, id));
}

/** @throws {MusterError} 404 also for a resource that the token may not see. */
async function findSeen(deps: HttpDeps, request: FastifyRequest, id: number): Promise<Resource> {
  const stored = await findResource(deps.db, id);
  if (stored === undefined || !isSeen(request, stored)) throw noSuch('resource', id);
  return stored;
}

/** @throws {MusterError} 403 when a token that is bound to databases would reach beyond them. */
function requireWithin(request: FastifyRequest, databaseIds: readonly number[]): void {
  if (principalOf(request).databaseIds === null) return;
  if (databaseIds.length > 0 && databaseIds.every((id) => sees(request, id))) return;
  const detail = 'databases: expected some of the databases that your own token is bound to, and no other';
  throw new MusterError(403, { field: 'databases', detail });
}

function addList(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  app.get(
    '/resources',
    {
      schema: {
        summary: 'List resources',
        querystring: noQuery,
        response: answers(200, Type.Object({ data: Type.Array(resource), total: Type.Integer() })),
      },
    },
    async (request) => {
      const seen = (await listResources(deps.db, null)).filter((stored) => isSeen(request, stored));
      return { data: seen.map((stored) => toObject(request, stored)), total: seen.length };
    },
  );
}

/** Resources: what people subscribe to. */
export function addResources(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, clock } = deps;
  addList(root, deps);

  app.post(
    '/resources',
    {
      schema: {
        summary: 'Make a resource',
        querystring: noQuery,
        body: resourceBody,
        response: answers(201, resource),
      },
    },
    async (request, reply) => {
      const { body } = request;
      requireWithin(request, body.databases ?? []);
      await checkSenderChoice(db, body.senders ?? {});
      const created = await createResource(db, clock, { ...toSettings(body), name: body.name });
      return reply.code(201).send(toObject(request, created));
    },
  );

  app.get(
    '/resources/:id',
    {
      schema: {
        summary: 'Get a resource',
        params: idParams,
        querystring: noQuery,
        response: answers(200, resource),
      },
    },
    async (request) => toObject(request, await findSeen(deps, request, request.params.id)),
  );

  app.patch(
    '/resources/:id',
    {
      schema: {
        summary: 'Change a resource; what is absent stays as it is, lists are given whole',
        params: idParams,
        querystring: noQuery,
        body: resourcePatch,
        response: answers(200, resource),
      },
    },
    async (request) => {
      const { id, databaseIds } = await findSeen(deps, request, request.params.id);
      requireWithin(request, databaseIds);
      requireWithin(request, request.body.databases ?? databaseIds);
      await checkSenderChoice(db, request.body.senders ?? {});
      return toObject(request, await updateResource(db, id, toSettings(request.body)));
    },
  );
}
