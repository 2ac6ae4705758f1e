import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { invalidRequest, type JsonObject, MusterError } from '../../base/index.ts';
import { moveMembers } from '../../importer/index.ts';
import {
  countMembers,
  createSegment,
  deleteSegment,
  getSegment,
  listSegments,
  membersAmong,
  pageMembers,
  type Segment,
  type SegmentKind,
  updateSegment,
} from '../../segments/index.ts';
import type { HttpDeps } from '../deps.ts';
import { principalOf, sees } from './auth.ts';
import { idParams, noQuery, problem } from './contract.ts';
import { answers, noSuch } from './routes.ts';
import {
  memberCount,
  memberPage,
  memberQuery,
  membersBody,
  membersChanged,
  partlyDeleted,
  type SegmentObject,
  segment,
  segmentBody,
  segmentPatch,
  segmentQuery,
} from './segment-contract.ts';

/** How long a count may take. */
const COUNT_LIMIT_MS = 5_000;

function toObject(stored: Segment): SegmentObject {
  return {
    id: stored.id,
    database_id: stored.databaseId,
    name: stored.name,
    kind: stored.kind,
    filter: stored.filter,
    created_at: stored.createdAt.toISOString(),
  };
}

function noSuchDatabase(id: number): MusterError {
  const detail = `database_id: there is no database ${id}`;
  return new MusterError(404, { field: 'database_id', detail });
}

/** @throws {MusterError} 404 also for a segment of a database that the token may not see. */
async function findSeen(deps: HttpDeps, request: FastifyRequest, id: number): Promise<Segment> {
  const stored = await getSegment(deps.db, id);
  if (!sees(request, stored.databaseId)) throw noSuch('segment', id);
  return stored;
}

/** The filter of a new segment, null for a static one. */
function readFilter(kind: SegmentKind, filter: JsonObject | undefined): JsonObject | null {
  if (kind === 'filter' && filter === undefined) throw invalidRequest('filter', 'is missing');
  if (kind === 'static' && filter !== undefined) throw invalidRequest('filter', 'a static segment has none');
  return filter ?? null;
}

function addList(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, clock } = deps;

  app.get(
    '/segments',
    {
      schema: {
        summary: 'List segments',
        querystring: segmentQuery,
        response: answers(200, Type.Object({ data: Type.Array(segment), total: Type.Integer() })),
      },
    },
    async (request) => {
      const { database_id: databaseId } = request.query;
      if (databaseId !== undefined && !sees(request, databaseId)) throw noSuchDatabase(databaseId);
      const databaseIds = databaseId === undefined ? principalOf(request).databaseIds : [databaseId];
      const seen = await listSegments(db, databaseIds);
      return { data: seen.map(toObject), total: seen.length };
    },
  );

  app.post(
    '/segments',
    {
      schema: {
        summary: 'Make a segment of profiles of a database',
        querystring: noQuery,
        body: segmentBody,
        response: answers(201, segment),
      },
    },
    async (request, reply) => {
      const { name, database_id: databaseId, kind, filter } = request.body;
      if (!sees(request, databaseId)) throw noSuchDatabase(databaseId);
      const created = await createSegment(db, clock, { databaseId, name, filter: readFilter(kind, filter) });
      return reply.code(201).send(toObject(created));
    },
  );
}

function addObjects(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db } = deps;

  app.get(
    '/segments/:id',
    {
      schema: {
        summary: 'Get a segment',
        params: idParams,
        querystring: noQuery,
        response: answers(200, segment),
      },
    },
    async (request) => toObject(await findSeen(deps, request, request.params.id)),
  );

  app.patch(
    '/segments/:id',
    {
      schema: {
        summary: 'Change the name or filter of a segment',
        params: idParams,
        querystring: noQuery,
        body: segmentPatch,
        response: answers(200, segment),
      },
    },
    async (request) => {
      const { id } = await findSeen(deps, request, request.params.id);
      return toObject(await updateSegment(db, id, request.body));
    },
  );

  app.delete(
    '/segments/:id',
    {
      schema: {
        summary: 'Delete a segment; a large one goes in parts, each answered with 202',
        params: idParams,
        querystring: noQuery,
        response: { 202: partlyDeleted, 204: Type.Null(), default: problem },
      },
    },
    async (request, reply) => {
      const { removed, done } = await deleteSegment(db, await findSeen(deps, request, request.params.id));
      return done ? reply.code(204).send(null) : reply.code(202).send({ removed, done });
    },
  );
}

function addMembership(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db } = deps;

  app.get(
    '/segments/:id/members',
    {
      schema: {
        summary: 'List the profiles in a segment',
        params: idParams,
        querystring: memberQuery,
        response: answers(200, memberPage),
      },
    },
    async (request) => {
      const { after, limit = 100 } = request.query;
      const found = await pageMembers(db, await findSeen(deps, request, request.params.id), { after, limit });
      const data = found.members.map(({ profileId, addedAt }) => ({
        profile_id: profileId,
        added_at: addedAt?.toISOString() ?? null,
      }));
      return { data, next_after: found.next ?? null };
    },
  );

  app.post(
    '/segments/:id/members',
    {
      config: { action: 'segment.change-members' },
      schema: {
        summary: 'Take profiles out of a static segment, then put profiles in',
        params: idParams,
        querystring: noQuery,
        body: membersBody,
        response: answers(200, membersChanged),
      },
    },
    async (request) => {
      const { add = [], remove = [] } = request.body;
      const stored = await findSeen(deps, request, request.params.id);
      if (stored.kind !== 'static') {
        throw new MusterError(409, { detail: `segment ${stored.id} has a filter, which says who is in it` });
      }
      let unknown: string[] = [];
      const { added, removed } = await moveMembers(
        deps,
        stored,
        { add, remove, skipTriggers: false },
        async (tx) => {
          const inside = await membersAmong(tx, stored, add);
          unknown = [...new Set(add)].filter((id) => !inside.has(id));
        },
      );
      return { added: added.size, removed: removed.size, unknown };
    },
  );

  app.get(
    '/segments/:id/count',
    {
      schema: {
        summary: 'Count the profiles in a segment',
        params: idParams,
        querystring: noQuery,
        response: answers(200, memberCount),
      },
    },
    async (request) => {
      const stored = await findSeen(deps, request, request.params.id);
      const count = await countMembers(db, stored, COUNT_LIMIT_MS);
      if (count !== undefined) return { count };
      return { count: null, reason: `counting takes longer than ${COUNT_LIMIT_MS / 1000} s` };
    },
  );
}

/** Segments: static and by filter. */
export function addSegments(app: FastifyInstance, deps: HttpDeps): void {
  addList(app, deps);
  addObjects(app, deps);
  addMembership(app, deps);
}
