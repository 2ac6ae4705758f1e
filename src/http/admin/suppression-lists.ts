import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { invalidRequest, MusterError } from '../../base/index.ts';
import { listDatabases } from '../../profiles/index.ts';
import {
  addEntries,
  createSuppressionList,
  deleteSuppressionList,
  getSuppressionList,
  listSuppressionLists,
  pageEntries,
  removeEntries,
  type SuppressionList,
  updateSuppressionList,
} from '../../suppression/index.ts';
import type { HttpDeps } from '../deps.ts';
import { normalizeContact } from '../normalize-contact.ts';
import { principalOf, sees } from './auth.ts';
import { idParams, noQuery, problem } from './contract.ts';
import { answers, noSuch } from './routes.ts';
import { partlyDeleted } from './segment-contract.ts';
import {
  entriesAdded,
  entriesBody,
  entriesRemoval,
  entriesRemoved,
  entryPage,
  entryQuery,
  type SuppressionListObject,
  suppressionList,
  suppressionListBody,
  suppressionListPatch,
} from './suppression-contract.ts';

function toObject(stored: SuppressionList): SuppressionListObject {
  return {
    id: stored.id,
    name: stored.name,
    databases: stored.databaseIds === null ? null : [...stored.databaseIds],
    created_at: stored.createdAt.toISOString(),
  };
}

/** Whether a list counts for no database but those of the token; who is in it is the business of all of them. */
function isWithin(request: FastifyRequest, databaseIds: readonly number[] | null): boolean {
  if (principalOf(request).databaseIds === null) return true;
  return databaseIds?.every((id) => sees(request, id)) ?? false;
}

/** @throws {MusterError} 404 also for a list that the token may not see. */
async function findSeen(deps: HttpDeps, request: FastifyRequest, id: number): Promise<SuppressionList> {
  const stored = await getSuppressionList(deps.db, id);
  if (!isWithin(request, stored.databaseIds)) throw noSuch('suppression list', id);
  return stored;
}

/** @throws {MusterError} 403 for databases beyond those of the token, 400 for those that there are not. */
async function requireDatabases(
  deps: HttpDeps,
  request: FastifyRequest,
  databaseIds: readonly number[] | null,
): Promise<void> {
  if (!isWithin(request, databaseIds)) {
    const detail = 'databases: expected some of the databases that your own token is bound to';
    throw new MusterError(403, { field: 'databases', detail });
  }
  if (databaseIds === null) return;
  const known = new Set((await listDatabases(deps.db, databaseIds)).map(({ id }) => id));
  const unknown = databaseIds.findIndex((id) => !known.has(id));
  if (unknown !== -1) {
    throw invalidRequest(`databases[${unknown}]`, `there is no database ${databaseIds[unknown]}`);
  }
}

function addList(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, clock } = deps;

  app.get(
    '/suppression-lists',
    {
      schema: {
        summary: 'List suppression lists',
        querystring: noQuery,
        response: answers(200, Type.Object({ data: Type.Array(suppressionList), total: Type.Integer() })),
      },
    },
    async (request) => {
      const seen = (await listSuppressionLists(db)).filter((list) => isWithin(request, list.databaseIds));
      return { data: seen.map(toObject), total: seen.length };
    },
  );

  app.post(
    '/suppression-lists',
    {
      schema: {
        summary: 'Make a suppression list; nothing is sent to the contacts in it',
        querystring: noQuery,
        body: suppressionListBody,
        response: answers(201, suppressionList),
      },
    },
    async (request, reply) => {
      const { name, databases: databaseIds = null } = request.body;
      await requireDatabases(deps, request, databaseIds);
      return reply.code(201).send(toObject(await createSuppressionList(db, clock, { name, databaseIds })));
    },
  );
}

function addObjects(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db } = deps;

  app.get(
    '/suppression-lists/:id',
    {
      schema: {
        summary: 'Get a suppression list',
        params: idParams,
        querystring: noQuery,
        response: answers(200, suppressionList),
      },
    },
    async (request) => toObject(await findSeen(deps, request, request.params.id)),
  );

  app.patch(
    '/suppression-lists/:id',
    {
      schema: {
        summary: 'Change the name or databases of a suppression list',
        params: idParams,
        querystring: noQuery,
        body: suppressionListPatch,
        response: answers(200, suppressionList),
      },
    },
    async (request) => {
      const { id } = await findSeen(deps, request, request.params.id);
      const { name, databases: databaseIds } = request.body;
      if (databaseIds !== undefined) await requireDatabases(deps, request, databaseIds);
      return toObject(await updateSuppressionList(db, id, { name, databaseIds }));
    },
  );

  app.delete(
    '/suppression-lists/:id',
    {
      schema: {
        summary: 'Delete a suppression list; a large one goes in parts, each answered with 202',
        params: idParams,
        querystring: noQuery,
        response: { 202: partlyDeleted, 204: Type.Null(), default: problem },
      },
    },
    async (request, reply) => {
      const { id } = await findSeen(deps, request, request.params.id);
      const { removed, done } = await deleteSuppressionList(db, id);
      return done ? reply.code(204).send(null) : reply.code(202).send({ removed, done });
    },
  );
}

function addEntryRoutes(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, clock } = deps;

  app.get(
    '/suppression-lists/:id/entries',
    {
      schema: {
        summary: 'List the entries of a kind, all or those that begin with a text',
        params: idParams,
        querystring: entryQuery,
        response: answers(200, entryPage),
      },
    },
    async (request) => {
      const { id: listId } = await findSeen(deps, request, request.params.id);
      const { kind, prefix, after, limit = 100 } = request.query;
      const found = await pageEntries(db, { listId, kind, prefix, after, limit });
      const data = found.entries.map(({ createdAt, ...entry }) => ({
        ...entry,
        created_at: createdAt.toISOString(),
      }));
      return { data, next_after: found.next ?? null };
    },
  );

  app.post(
    '/suppression-lists/:id/entries',
    {
      config: { action: 'suppression-list.add-entries' },
      schema: {
        summary: 'Add entries of a kind; those that are no contact are listed and left out',
        params: idParams,
        querystring: noQuery,
        body: entriesBody,
        response: answers(200, entriesAdded),
      },
    },
    async (request) => {
      const { id: listId } = await findSeen(deps, request, request.params.id);
      const { kind, values, reason = null } = request.body;
      return addEntries(db, clock, normalizeContact, { listId, kind, values, reason });
    },
  );

  app.delete(
    '/suppression-lists/:id/entries',
    {
      config: { action: 'suppression-list.remove-entries' },
      schema: {
        summary: 'Remove entries of a kind',
        params: idParams,
        querystring: noQuery,
        body: entriesRemoval,
        response: answers(200, entriesRemoved),
      },
    },
    async (request) => {
      const { id: listId } = await findSeen(deps, request, request.params.id);
      return { removed: await removeEntries(db, normalizeContact, { listId, ...request.body }) };
    },
  );
}

/** Suppression lists with their entries. */
export function addSuppressionLists(app: FastifyInstance, deps: HttpDeps): void {
  addList(app, deps);
  addObjects(app, deps);
  addEntryRoutes(app, deps);
}
