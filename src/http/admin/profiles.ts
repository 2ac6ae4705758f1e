import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { invalidRequest, MusterError, tryParseJson } from '../../base/index.ts';
import { findShape, getProfile, type StoredProfile, searchProfiles } from '../../profiles/index.ts';
import { type Filter, parseFilter } from '../../query/index.ts';
import type { HttpDeps } from '../deps.ts';
import { sees } from './auth.ts';
import {
  type ProfileObject,
  profile,
  profilePage,
  profileParams,
  profileQuery,
  profileSearch,
} from './contract.ts';
import { answers, noSuch } from './routes.ts';

export function toProfileObject(stored: StoredProfile): ProfileObject {
  return {
    id: stored.id,
    database_id: stored.databaseId,
    fields: stored.fields,
    subscriptions: stored.subscriptions.map((subscription) => ({ ...subscription })),
    created_at: stored.createdAt.toISOString(),
    updated_at: stored.updatedAt.toISOString(),
  };
}

function requireSeen(request: FastifyRequest, databaseId: number): void {
  if (!sees(request, databaseId)) throw noSuch('database', databaseId);
}

/** @throws {MusterError} 400 that names the place in the filter. */
export function readFilter(text: string): Filter {
  const json = tryParseJson(text);
  if (json === undefined) throw invalidRequest('filter', 'expected a filter as JSON');
  const parsed = parseFilter(json);
  if (parsed.ok) return parsed.value;
  const [fault] = parsed.error;
  const path = ['filter', fault?.path ?? ''].filter((part) => part !== '').join('.');
  throw new MusterError(400, { field: 'filter', detail: `${path}: ${fault?.message}` });
}

/** What is searched by: a field with a value, a filter, or nothing. */
export function readSearch(field: string | undefined, value: string | undefined, filter: string | undefined) {
  if (filter !== undefined) {
    if (field !== undefined || value !== undefined) throw invalidRequest('filter', 'expected alone');
    return { filter: readFilter(filter) };
  }
  if (field !== undefined && value !== undefined) return { by: { field, value } };
  if (field !== undefined) throw invalidRequest('value', 'expected together with field');
  if (value !== undefined) throw invalidRequest('field', 'expected together with value');
  return {};
}

/** Profiles: searched and looked at; they are changed by imports and workflows. */
export function addProfiles(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    '/profiles',
    {
      schema: {
        summary:
          'List the profiles of a database: all, those with a value in a field, or those that meet a filter',
        querystring: profileSearch,
        response: answers(200, profilePage),
      },
    },
    async (request) => {
      const { database_id: databaseId, field, value, filter, after, limit = 100 } = request.query;
      requireSeen(request, databaseId);
      const shape = await findShape(deps.db, databaseId);
      if (shape === undefined) throw noSuch('database', databaseId);
      const found = await searchProfiles(deps.db, shape, {
        ...readSearch(field, value, filter),
        ...(after === undefined ? {} : { after }),
        limit,
      });
      return { data: found.profiles.map(toProfileObject), next_after: found.next ?? null };
    },
  );

  app.get(
    '/profiles/:id',
    {
      schema: {
        summary: 'Get a profile',
        params: profileParams,
        querystring: profileQuery,
        response: answers(200, profile),
      },
    },
    async (request) => {
      const { database_id: databaseId } = request.query;
      requireSeen(request, databaseId);
      const stored = await getProfile(deps.db, databaseId, request.params.id);
      if (stored === undefined) throw noSuch('profile', request.params.id);
      return toProfileObject(stored);
    },
  );
}
