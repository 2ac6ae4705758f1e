import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { invalidRequest, type JsonObject, MusterError } from '../../base/index.ts';
import {
  createTemplate,
  deleteTemplate,
  getTemplate,
  listTemplates,
  listVersions,
  previewContent,
  type StoredTemplate,
  updateTemplate,
} from '../../messages/index.ts';
import { type Channel, getProfile } from '../../profiles/index.ts';
import type { HttpDeps } from '../deps.ts';
import { principalOf, requireEveryDatabase, sees } from './auth.ts';
import { idParams, noQuery, page, problem } from './contract.ts';
import { answers, noSuch } from './routes.ts';
import {
  type PreviewObject,
  preview,
  previewBody,
  type StoredPreviewBody,
  storedPreviewBody,
  type TemplateObject,
  type TemplatePatch,
  template,
  templateBody,
  templatePatch,
  templateQuery,
  templateVersion,
} from './template-contract.ts';

function toObject(stored: StoredTemplate): TemplateObject {
  const { id, name, channel, version, content } = stored;
  return {
    ...{ id, name, channel, database_id: stored.databaseId, version },
    ...content,
    created_at: stored.createdAt.toISOString(),
    updated_at: stored.updatedAt.toISOString(),
  };
}

/** The parts in a body; what is absent stays absent. */
function partsIn(body: TemplatePatch | StoredPreviewBody): JsonObject {
  const { subject, html, text, headers, track_opens, track_clicks, data } = body;
  const parts = { subject, html, text, headers, track_opens, track_clicks, data };
  const given: JsonObject = {};
  for (const [key, value] of Object.entries(parts)) if (value !== undefined) given[key] = value;
  return given;
}

/** @throws {MusterError} 404 also for a template of a database that the token may not see. */
async function findSeen(deps: HttpDeps, request: FastifyRequest, id: number): Promise<StoredTemplate> {
  const stored = await getTemplate(deps.db, id);
  if (stored.databaseId !== null && !sees(request, stored.databaseId)) throw noSuch('template', id);
  return stored;
}

/** @throws {MusterError} 403 where a bound token would change what other databases use, 404 beyond its own. */
function requireOwn(request: FastifyRequest, databaseId: number | null): void {
  if (databaseId === null) requireEveryDatabase(request, 'change templates of any database');
  else if (!sees(request, databaseId)) {
    const detail = `database_id: there is no database ${databaseId}`;
    throw new MusterError(404, { field: 'database_id', detail });
  }
}

async function previewFor(
  deps: HttpDeps,
  request: FastifyRequest,
  channel: Channel,
  parts: JsonObject,
  body: StoredPreviewBody,
): Promise<PreviewObject> {
  const { database_id: databaseId, profile_id: profileId, content = null } = body;
  let { lead = null, subscription = null } = body;
  if (profileId !== undefined) {
    if (databaseId === undefined)
      throw invalidRequest('database_id', 'is missing, where there is a profile_id');
    requireOwn(request, databaseId);
    const profile = await getProfile(deps.db, databaseId, profileId);
    if (profile === undefined) throw noSuch('profile', profileId);
    lead = { ...profile.fields, _id: profile.id, ...lead };
    const first = profile.subscriptions.find((one) => one.channel === channel);
    if (subscription === null && first !== undefined) subscription = { ...first };
  }
  const { rendered, faults } = previewContent(channel, parts, { lead, subscription, apicontent: content });
  return { ...rendered, headers: { ...rendered.headers }, errors: [...faults] };
}

function addList(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, clock } = deps;

  app.get(
    '/templates',
    {
      schema: {
        summary: 'List templates',
        querystring: templateQuery,
        response: answers(200, page(template)),
      },
    },
    async (request) => {
      const { from_id: fromId = 1, limit = 100 } = request.query;
      const { databaseIds } = principalOf(request);
      const { templates, nextFromId, total } = await listTemplates(db, { databaseIds, fromId, limit });
      return { data: templates.map(toObject), next_from_id: nextFromId, total };
    },
  );

  app.post(
    '/templates',
    {
      schema: {
        summary: 'Make a template',
        querystring: noQuery,
        body: templateBody,
        response: answers(201, template),
      },
    },
    async (request, reply) => {
      const { name, channel, database_id: databaseId = null } = request.body;
      requireOwn(request, databaseId);
      const body = partsIn(request.body);
      const created = await createTemplate(db, clock, { name, channel, databaseId, body });
      return reply.code(201).send(toObject(created));
    },
  );

  app.post(
    '/templates/preview',
    {
      config: { role: 'viewer' },
      schema: {
        summary: 'Render parts that are not stored',
        querystring: noQuery,
        body: previewBody,
        response: answers(200, preview),
      },
    },
    async (request) => previewFor(deps, request, request.body.channel, partsIn(request.body), request.body),
  );
}

function addChanges(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, clock } = deps;

  app.patch(
    '/templates/:id',
    {
      schema: {
        summary: 'Change a template; parts that differ make a new version',
        params: idParams,
        querystring: noQuery,
        body: templatePatch,
        response: answers(200, template),
      },
    },
    async (request) => {
      const { id, databaseId } = await findSeen(deps, request, request.params.id);
      const { name, database_id: nextDatabaseId } = request.body;
      requireOwn(request, databaseId);
      if (nextDatabaseId !== undefined) requireOwn(request, nextDatabaseId);
      const changes = { name, databaseId: nextDatabaseId, body: partsIn(request.body) };
      return toObject(await updateTemplate(db, clock, id, changes));
    },
  );

  app.delete(
    '/templates/:id',
    {
      schema: {
        summary: 'Delete a template that no workflow uses',
        params: idParams,
        querystring: noQuery,
        response: { 204: Type.Null(), default: problem },
      },
    },
    async (request, reply) => {
      const { id, databaseId } = await findSeen(deps, request, request.params.id);
      requireOwn(request, databaseId);
      await deleteTemplate(db, id);
      return reply.code(204).send(null);
    },
  );
}

/** Templates of messages, in versions. */
export function addTemplates(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db } = deps;
  addList(root, deps);
  addChanges(root, deps);

  app.get(
    '/templates/:id',
    {
      schema: {
        summary: 'Get a template',
        params: idParams,
        querystring: noQuery,
        response: answers(200, template),
      },
    },
    async (request) => toObject(await findSeen(deps, request, request.params.id)),
  );

  app.get(
    '/templates/:id/versions',
    {
      schema: {
        summary: 'List the versions of a template, the latest first',
        params: idParams,
        querystring: noQuery,
        response: answers(200, Type.Object({ data: Type.Array(templateVersion) })),
      },
    },
    async (request) => {
      const { id } = await findSeen(deps, request, request.params.id);
      const versions = await listVersions(db, id);
      return {
        data: versions.map(({ version, content, createdAt }) => ({
          version,
          ...content,
          created_at: createdAt.toISOString(),
        })),
      };
    },
  );

  app.post(
    '/templates/:id/preview',
    {
      config: { role: 'viewer' },
      schema: {
        summary: 'Render a template; parts in the body take the place of stored ones',
        params: idParams,
        querystring: noQuery,
        body: storedPreviewBody,
        response: answers(200, preview),
      },
    },
    async (request) => {
      const { channel, content } = await findSeen(deps, request, request.params.id);
      const parts = { ...content, ...partsIn(request.body) };
      return previewFor(deps, request, channel, parts, request.body);
    },
  );
}
