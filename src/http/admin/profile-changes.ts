import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { tokenIdOf } from '../../accounts/index.ts';
import { type JsonObject, type JsonValue, MusterError } from '../../base/index.ts';
import { deleteProfile, type ImportRules, importNow, importRules } from '../../importer/index.ts';
import { getProfile } from '../../profiles/index.ts';
import type { HttpDeps } from '../deps.ts';
import { importDeps } from '../v1.1/import-call.ts';
import { principalOf, sees } from './auth.ts';
import { noQuery, type ProfileObject, profile, profileParams, profileQuery } from './contract.ts';
import { profileBody, profilePatch, subscriptionsBody, unsubscribeBody } from './profile-contract.ts';
import { toProfileObject } from './profiles.ts';
import { answers, noSuch } from './routes.ts';

type Authorize = (databaseId: number) => void;

function authorizeFor(request: FastifyRequest): Authorize {
  return (databaseId) => {
    if (!sees(request, databaseId)) throw noSuch('database', databaseId);
  };
}

/**
 * Changes one profile by the way of an import, so that rules, order, triggers and events are those of one.
 * @throws {MusterError} with what is wrong with it; then nothing is done.
 */
async function importOne(
  deps: HttpDeps,
  request: FastifyRequest,
  rules: ImportRules,
  body: JsonObject,
): Promise<ProfileObject> {
  const principal = principalOf(request);
  const caller = { id: tokenIdOf(principal), databaseIds: principal.databaseIds };
  const { rows } = await importNow(
    importDeps(deps),
    caller,
    body,
    rules,
    authorizeFor(request),
    async (_tx, [row]) => {
      if (row === undefined || row.ok) return;
      const { code, text, field } = row.fault;
      throw new MusterError(code, { detail: text, ...(field === undefined ? {} : { field }) });
    },
  );
  const [row] = rows;
  if (row?.ok !== true) throw new Error('an import of one profile has neither done nor refused it');
  const stored = await getProfile(deps.db, Number(body['db_id']), row.profileId);
  if (stored === undefined) throw noSuch('profile', row.profileId);
  return toProfileObject(stored);
}

function addWriting(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();

  app.post(
    '/profiles',
    {
      schema: {
        summary: 'Make a profile',
        querystring: noQuery,
        body: profileBody,
        response: answers(201, profile),
      },
    },
    async (request, reply) => {
      const { database_id: databaseId, fields, subscriptions = [] } = request.body;
      const data = { ...fields, ...(subscriptions.length === 0 ? {} : { subscriptions }) };
      const made = await importOne(deps, request, importRules.add, { db_id: databaseId, data });
      return reply.code(201).send(made);
    },
  );

  app.patch(
    '/profiles/:id',
    {
      schema: {
        summary: 'Change fields of a profile; null leaves a field as it is, {"action": "unset"} empties it',
        params: profileParams,
        querystring: noQuery,
        body: profilePatch,
        response: answers(200, profile),
      },
    },
    async (request) => {
      const { database_id: databaseId, fields } = request.body;
      const profileId = request.params.id;
      const body = { db_id: databaseId, matching: 'profile_id', profile_id: profileId, data: fields };
      return importOne(deps, request, importRules.update, body);
    },
  );
}

function addSubscriptions(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const change = (request: FastifyRequest, id: string, databaseId: number, subscriptions: JsonValue[]) =>
    importOne(deps, request, importRules.update, {
      ...{ db_id: databaseId, matching: 'profile_id', profile_id: id, data: { subscriptions } },
    });

  app.post(
    '/profiles/:id/subscriptions',
    {
      config: { action: 'profile.subscribe' },
      schema: {
        summary: 'Add or change subscriptions of a profile, as an import does',
        params: profileParams,
        querystring: noQuery,
        body: subscriptionsBody,
        response: answers(200, profile),
      },
    },
    async (request) => {
      const { database_id: databaseId, subscriptions } = request.body;
      return change(request, request.params.id, databaseId, subscriptions);
    },
  );

  app.post(
    '/profiles/:id/unsubscribe',
    {
      schema: {
        summary: 'Close every subscription of a profile, or those of one resource',
        params: profileParams,
        querystring: noQuery,
        body: unsubscribeBody,
        response: answers(200, profile),
      },
    },
    async (request) => {
      const { database_id: databaseId, resource_id: resourceId } = request.body;
      authorizeFor(request)(databaseId);
      const { id } = request.params;
      const stored = await getProfile(deps.db, databaseId, id);
      if (stored === undefined) throw noSuch('profile', id);
      const closed = stored.subscriptions.flatMap((subscription): JsonValue[] => {
        const isMeant = resourceId === undefined || subscription['resource_id'] === resourceId;
        return isMeant ? [{ ...subscription, status: 'unsubscribed' }] : [];
      });
      if (closed.length === 0) return toProfileObject(stored);
      return change(request, id, databaseId, closed);
    },
  );
}

/** Profiles, changed by people one at a time. */
export function addProfileChanges(root: FastifyInstance, deps: HttpDeps): void {
  addWriting(root, deps);
  addSubscriptions(root, deps);
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  app.delete(
    '/profiles/:id',
    {
      config: { action: 'profile.erase' },
      schema: {
        summary: 'Erase a profile: its runs end, what they, messages and events hold of it goes too',
        params: profileParams,
        querystring: profileQuery,
        response: answers(204, Type.Null()),
      },
    },
    async (request, reply) => {
      const { db, clock, log, wakeEngine } = deps;
      const { id } = request.params;
      const { database_id: databaseId } = request.query;
      const body = { db_id: databaseId, matching: 'profile_id', profile_id: id };
      await deleteProfile({ db, clock, log, wakeEngine }, body, authorizeFor(request), async () => {});
      // The audit says that it was done, and keeps nothing of the person.
      request.auditNote = { objectId: id, objectName: null, details: {} };
      return reply.code(204).send(null);
    },
  );
}
