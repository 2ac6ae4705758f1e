import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { mayUse, type Principal } from '../../accounts/index.ts';
import { invalidRequest, type JsonObject, MusterError, ownValue, storageFault } from '../../base/index.ts';
import { withTx } from '../../db/index.ts';
import { eventTypes, type FeedPage, type FeedQuery, readFeed, writeEvents } from '../../hooks/index.ts';
import { findOneProfile, importRules } from '../../importer/index.ts';
import { authenticate, isLooking, principalOf, requireRole } from '../admin/auth.ts';
import { noQuery } from '../admin/contract.ts';
import { answers } from '../admin/routes.ts';
import { addJsonParser, sendAdminFault } from '../admin/scope.ts';
import type { BodyReader } from '../body-reader.ts';
import type { HttpDeps } from '../deps.ts';
import { requireRight } from '../v1.1/auth.ts';
import { eventBody, feedPage, feedQuery, raisedEvent } from './event-contract.ts';

export const EVENTS_PATH = '/api/events';

/** How often the log is looked at for those who wait. */
const POLL_MS = 250;
const DEFAULT_LIMIT = 1000;

/** @throws {MusterError} 401, or 403 when the token lacks the right, or the person the role. */
async function admit(deps: HttpDeps, request: FastifyRequest): Promise<void> {
  const looks = isLooking(request.method);
  const principal = await authenticate(deps, request);
  if (principal.kind === 'user') requireRole(principal, looks ? 'viewer' : 'editor');
  const right = looks ? 'read' : 'import';
  if (mayUse(principal, right)) return;
  throw new MusterError(403, { detail: `the token lacks the right ${right}` });
}

function toFeedQuery(token: Principal, asked: Static<typeof feedQuery>): FeedQuery {
  const { after, limit = DEFAULT_LIMIT, types, database_id: databaseId, profile_id: profileId } = asked;
  if (databaseId !== undefined && !mayUse(token, 'read', databaseId)) {
    throw new MusterError(403, {
      field: 'database_id',
      detail: `the token does not have database ${databaseId}`,
    });
  }
  const databaseIds = databaseId === undefined ? token.databaseIds : [databaseId];
  const named = types?.split(',').map((type) => type.trim());
  return { after, limit, filter: { types: named ?? null, databaseIds }, profileId };
}

/** The page, or the first one that is not empty within `seconds`; the last look is at their end. */
async function awaitPage(
  { db, clock }: HttpDeps,
  query: FeedQuery,
  seconds: number,
  signal: AbortSignal,
): Promise<FeedPage> {
  const until = clock.now().getTime() + seconds * 1000;
  let page = await readFeed(db, query);
  while (page.data.length === 0 && !signal.aborted) {
    const left = until - clock.now().getTime();
    if (left <= 0 && !page.hasMore) break;
    if (!page.hasMore) await clock.sleep(Math.min(POLL_MS, left), signal);
    if (left <= 0 || signal.aborted) break;
    // What was looked through in vain is not looked through again.
    page = await readFeed(db, { ...query, after: page.next });
  }
  return page;
}

/** The matching mode of a body that names none. */
function matchingOf(body: Static<typeof eventBody>): string {
  if (body.profile_id !== undefined) return 'profile_id';
  if (body.email !== undefined) return 'email';
  if (body.phone !== undefined) return 'phone';
  return 'custom';
}

function requireStorable(value: JsonObject, field: string): void {
  const fault = storageFault(value, field);
  if (fault !== undefined) throw new MusterError(400, { field, detail: fault });
}

/** Writes an event of the caller's own about one profile, and lets waiting runs know. */
async function raiseEvent(
  deps: HttpDeps,
  token: Principal,
  body: Static<typeof eventBody>,
): Promise<{ profile_id: string }> {
  const { database_id, event, data = {}, custom_data: customData = null, matching, ...keys } = body;
  if (eventTypes.some((type) => type === event)) {
    throw invalidRequest(
      'event',
      'expected a name of your own: events of this one are of the making of Muster',
    );
  }
  requireStorable(data, 'data');
  if (customData !== null) requireStorable(customData, 'custom_data');
  const search: JsonObject = { db_id: database_id, ...keys, matching: matching ?? matchingOf(body) };
  const { profile } = await findOneProfile(deps.db, search, importRules.get, (databaseId) =>
    requireRight(token, ['import'], databaseId),
  );
  const email = ownValue(profile.fields, 'email');
  await withTx(deps.db, async (tx) => {
    const told = {
      ...{ type: event, profileId: profile.id, workflowId: null, resourceId: null, subscription: null },
      ...{ email: typeof email === 'string' ? email : null, data, customData },
    };
    await writeEvents(tx, { databaseId: database_id, now: deps.clock.now() }, [told]);
    await deps.raiseEvent(tx, database_id, event, [profile.id]);
  });
  deps.wakeEvents();
  return { profile_id: profile.id };
}

/** The event feed, and events of callers' own: CONTRACT.md 7. */
export function addEventScope(root: FastifyInstance, deps: HttpDeps, bodies: BodyReader): void {
  const closing = new AbortController();
  addJsonParser(root, bodies, deps.config.bodyLimitBytes);
  root.setValidatorCompiler(TypeBoxValidatorCompiler);
  root.setSerializerCompiler(() => JSON.stringify);
  root.setErrorHandler((thrown, request, reply) => sendAdminFault(thrown, request, reply, deps));
  root.addHook('onRequest', (request) => admit(deps, request));
  // Those who wait would hold the close up.
  root.addHook('preClose', async () => closing.abort());
  const app = root.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    '',
    {
      schema: {
        tags: ['events'],
        summary: 'Read events in the order in which hooks are told of them',
        querystring: feedQuery,
        response: answers(200, feedPage),
      },
    },
    async (request, reply) => {
      const token = principalOf(request);
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const signal = AbortSignal.any([closing.signal, gone.signal]);
      const query = toFeedQuery(token, request.query);
      const page = await awaitPage(deps, query, request.query.wait ?? 0, signal);
      return { data: page.data, next: page.next, has_more: page.hasMore };
    },
  );

  app.post(
    '',
    {
      schema: {
        tags: ['events'],
        summary: 'Tell of an event of your own about one profile',
        querystring: noQuery,
        body: eventBody,
        response: answers(201, raisedEvent),
      },
    },
    async (request, reply) => {
      const token = principalOf(request);
      return reply.code(201).send(await raiseEvent(deps, token, request.body));
    },
  );
}
