import { Readable } from 'node:stream';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { toError } from '../../base/index.ts';
import { listMessages } from '../../messages/index.ts';
import {
  findShape,
  getProfile,
  type ProfileShape,
  type StoredProfile,
  searchProfiles,
} from '../../profiles/index.ts';
import { listSegments, segmentsOf } from '../../segments/index.ts';
import { listRuns } from '../../workflow/index.ts';
import type { HttpDeps } from '../deps.ts';
import { printHeader, printRows, type TableFormat, tableTypes } from '../print-table.ts';
import { sees } from './auth.ts';
import { idParams, noQuery, profileParams, profileQuery } from './contract.ts';
import { toMessageObject } from './messages.ts';
import {
  countBody,
  exportQuery,
  filterCount,
  type HistoryEntryObject,
  historyPage,
  historyQuery,
  type ProfileSegmentObject,
  personExport,
  profileSegments,
} from './profile-contract.ts';
import { readFilter, readSearch, toProfileObject } from './profiles.ts';
import { answers, noSuch } from './routes.ts';
import { toRunObject } from './runs.ts';

const EXPORT_PAGE = 1000;
/** Beyond, counting is given up: people read “more than”. */
const MAX_COUNTED = 10_000;
/** Of one person. */
const MAX_EXPORTED_ENTRIES = 10_000;

async function findSeen(
  deps: HttpDeps,
  request: FastifyRequest,
  databaseId: number,
  id: string,
): Promise<StoredProfile> {
  if (!sees(request, databaseId)) throw noSuch('database', databaseId);
  const stored = await getProfile(deps.db, databaseId, id);
  if (stored === undefined) throw noSuch('profile', id);
  return stored;
}

async function requireShape(
  deps: HttpDeps,
  request: FastifyRequest,
  databaseId: number,
): Promise<ProfileShape> {
  const shape = sees(request, databaseId) ? await findShape(deps.db, databaseId) : undefined;
  if (shape === undefined) throw noSuch('database', databaseId);
  return shape;
}

/** Runs and messages of a profile in one order: the ids of both begin with the time at which they were made. */
async function readHistory(
  { db, clock }: HttpDeps,
  { id: profileId, databaseId }: StoredProfile,
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<{ entries: HistoryEntryObject[]; next: string | null }> {
  const databaseIds = [databaseId];
  const runs = await listRuns(
    db,
    {
      ...{ workflowId: undefined, taskId: undefined, status: undefined, node: undefined, from: undefined },
      profileId,
      after,
      databaseIds,
      limit: limit + 1,
    },
    clock.now(),
  );
  const { messages } = await listMessages(db, { profileId, databaseIds, before: after, limit: limit + 1 });
  const entries: HistoryEntryObject[] = [
    ...runs.map((run) => ({ id: run.id, at: run.startedAt, run: toRunObject(run) })),
    ...messages.map((message) => ({
      ...{ id: message.id, at: message.createdAt.toISOString(), message: toMessageObject(message) },
    })),
  ].sort((left, right) => (left.id < right.id ? 1 : -1));
  const shown = entries.slice(0, limit);
  return { entries: shown, next: entries.length > limit ? (shown.at(-1)?.id ?? null) : null };
}

async function readSegments(
  { db }: HttpDeps,
  { id, databaseId }: StoredProfile,
): Promise<ProfileSegmentObject[]> {
  const segments = await listSegments(db, [databaseId]);
  const ids = (await segmentsOf(db, databaseId, [id])).get(id) ?? [];
  return segments
    .filter((segment) => ids.includes(segment.id))
    .map(({ id: segmentId, name, kind }) => ({ id: segmentId, name, kind }));
}

/** All profiles of a search, a page at a time. */
async function* pages(
  { db }: HttpDeps,
  shape: ProfileShape,
  search: ReturnType<typeof readSearch>,
): AsyncGenerator<StoredProfile[]> {
  let after: string | undefined;
  do {
    const found = await searchProfiles(db, shape, {
      ...search,
      ...(after === undefined ? {} : { after }),
      limit: EXPORT_PAGE,
    });
    yield found.profiles;
    after = found.next;
  } while (after !== undefined);
}

async function* printExport(
  format: TableFormat,
  shape: ProfileShape,
  found: AsyncIterable<readonly StoredProfile[]>,
): AsyncGenerator<string> {
  const columns = ['_id', ...shape.fields.keys(), 'subscriptions', '_createtime', '_updatetime'];
  // No piece may be empty: to a stream it is nothing at all.
  if (format === 'csv') yield printHeader(format, columns);
  for await (const profiles of found) {
    const rows = profiles.map(({ id, fields, subscriptions, createdAt, updatedAt }) => ({
      ...{ _id: id, ...fields, subscriptions },
      ...{ _createtime: createdAt.toISOString(), _updatetime: updatedAt.toISOString() },
    }));
    if (rows.length > 0) yield printRows(format, columns, rows);
  }
}

function addOfOne(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  app.get(
    '/profiles/:id/history',
    {
      schema: {
        summary: 'Runs and messages of a profile, the newest first',
        params: profileParams,
        querystring: historyQuery,
        response: answers(200, historyPage),
      },
    },
    async (request) => {
      const { database_id: databaseId, after, limit = 50 } = request.query;
      const stored = await findSeen(deps, request, databaseId, request.params.id);
      const { entries, next } = await readHistory(deps, stored, { after, limit });
      return { data: entries, next_after: next };
    },
  );

  app.get(
    '/profiles/:id/segments',
    {
      schema: {
        summary: 'The segments that a profile is in',
        params: profileParams,
        querystring: profileQuery,
        response: answers(200, profileSegments),
      },
    },
    async (request) => {
      const stored = await findSeen(deps, request, request.query.database_id, request.params.id);
      return { data: await readSegments(deps, stored) };
    },
  );

  app.get(
    '/profiles/:id/export',
    {
      schema: {
        summary: 'Everything that is stored about one person, as one document',
        params: profileParams,
        querystring: profileQuery,
        response: answers(200, personExport),
      },
    },
    async (request, reply) => {
      const stored = await findSeen(deps, request, request.query.database_id, request.params.id);
      const { entries } = await readHistory(deps, stored, { after: undefined, limit: MAX_EXPORTED_ENTRIES });
      reply.header('content-disposition', `attachment; filename="profile-${stored.id}.json"`);
      return {
        profile: toProfileObject(stored),
        segments: await readSegments(deps, stored),
        history: entries,
        exported_at: deps.clock.now().toISOString(),
      };
    },
  );
}

/** Profiles beyond one page of a list: history, segments, exports, counts. */
export function addProfileViews(root: FastifyInstance, deps: HttpDeps): void {
  addOfOne(root, deps);
  const app = root.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    '/profiles/export',
    {
      schema: {
        summary: 'All profiles of a search, as a stream',
        produces: ['text/csv', 'application/x-ndjson'],
        querystring: exportQuery,
      },
    },
    async (request, reply) => {
      const { database_id: databaseId, field, value, filter, format = 'csv' } = request.query;
      const shape = await requireShape(deps, request, databaseId);
      const found = pages(deps, shape, readSearch(field, value, filter));
      const stream = Readable.from(printExport(format, shape, found));
      // The answer has begun, so it can only be cut off.
      stream.on('error', (fault) => {
        deps.log.error(
          { err: toError(fault), requestId: request.id },
          'an export met a fault and was cut off',
        );
      });
      return reply
        .type(tableTypes[format])
        .header('content-disposition', `attachment; filename="profiles.${format}"`)
        .send(stream);
    },
  );

  app.post(
    '/databases/:id/count',
    {
      config: { role: 'viewer' },
      schema: {
        summary: 'How many profiles meet a filter',
        params: idParams,
        querystring: noQuery,
        body: countBody,
        response: answers(200, filterCount),
      },
    },
    async (request) => {
      const shape = await requireShape(deps, request, request.params.id);
      const search = { filter: readFilter(JSON.stringify(request.body.filter)) };
      let count = 0;
      for await (const profiles of pages(deps, shape, search)) {
        count += profiles.length;
        if (count >= MAX_COUNTED) return { count, is_complete: false };
      }
      return { count, is_complete: true };
    },
  );
}
