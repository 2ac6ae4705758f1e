import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { MusterError } from '../../base/index.ts';
import {
  changeHook,
  createHook,
  type Delivery,
  deleteHook,
  getHook,
  type Hook,
  type HookChange,
  type HookSettings,
  listHooks,
  pageDeliveries,
  pingDraft,
  pingHook,
  readHookChange,
  readLag,
  replayStretch,
  reviveDeliveries,
  rotateSecret,
  type Verdict,
} from '../../hooks/index.ts';
import type { HttpDeps } from '../deps.ts';
import { principalOf } from './auth.ts';
import { idParams, noQuery } from './contract.ts';
import {
  createdHook,
  deliveryPage,
  deliveryQuery,
  hook,
  hookBody,
  hookDraft,
  hookPatch,
  hookPing,
  hookWithLag,
  replayBody,
  replayed,
  rotateBody,
  rotatedSecret,
} from './hook-contract.ts';
import { applyBody, defaultSettings, toHookObject } from './hook-settings.ts';
import { answers, noSuch } from './routes.ts';

/** Characters of a body that are shown. */
const PREVIEW_LENGTH = 1_000;

/** Whether the token may see a hook: one that is told of a database that the token may not see is none of its business. */
function isSeen(request: FastifyRequest, { filter }: HookSettings): boolean {
  const { databaseIds } = principalOf(request);
  return databaseIds === null || (filter.databaseIds?.every((id) => databaseIds.includes(id)) ?? false);
}

async function findSeen(deps: HttpDeps, request: FastifyRequest, id: number): Promise<Hook> {
  const stored = await getHook(deps.db, id);
  if (!isSeen(request, stored)) throw noSuch('hook', id);
  return stored;
}

/** @throws {MusterError} 403 for settings of a hook that the token could not see. */
function requireSeen(request: FastifyRequest, settings: HookSettings): void {
  if (isSeen(request, settings)) return;
  const field = 'filters.database_ids';
  const detail = `${field}: expected some of the databases that your own token is bound to`;
  throw new MusterError(403, { field, detail });
}

function toPing({ isDone, httpStatus, fault, answer }: Verdict) {
  return { ok: isDone, http_status: httpStatus, fault, answer };
}

function toDelivery(delivery: Delivery) {
  return {
    id: delivery.id,
    status: delivery.status,
    events: delivery.events,
    first_event: delivery.firstEvent,
    last_event: delivery.lastEvent,
    tries: delivery.attempts,
    due_at: delivery.dueAt?.toISOString() ?? null,
    last_tried_at: delivery.lastTriedAt?.toISOString() ?? null,
    give_up_at: delivery.giveUpAt?.toISOString() ?? null,
    http_status: delivery.httpStatus,
    fault: delivery.fault,
    answer: delivery.answer,
    preview: delivery.preview,
    created_at: delivery.createdAt.toISOString(),
    settled_at: delivery.settledAt?.toISOString() ?? null,
  };
}

/** What a new hook is before its first body. */
const newHook: HookChange = {
  settings: defaultSettings,
  secrets: { secret: '', former: null, headerValue: null, clientSecret: null },
  isActive: true,
};

function addList(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { allowPrivateTargets } = deps.config;

  app.get(
    '/hooks',
    {
      schema: {
        summary: 'List hooks, without their secrets',
        querystring: noQuery,
        response: answers(200, Type.Object({ data: Type.Array(hook), total: Type.Integer() })),
      },
    },
    async (request) => {
      const seen = (await listHooks(deps.db)).filter((one) => isSeen(request, one));
      return { data: seen.map(toHookObject), total: seen.length };
    },
  );

  app.post(
    '/hooks',
    {
      schema: {
        summary: 'Make a hook; its secret is shown in this answer only',
        querystring: noQuery,
        body: hookBody,
        response: answers(201, createdHook),
      },
    },
    async (request, reply) => {
      const { since, ...body } = request.body;
      const given = applyBody(newHook, body, allowPrivateTargets);
      requireSeen(request, given.settings);
      const { headerValue, clientSecret } = given.secrets;
      const made = await createHook(deps, given.settings, { headerValue, clientSecret, since });
      const stored = given.isActive
        ? made.hook
        : await changeHook(deps, made.hook.id, (now) => ({ ...now, isActive: false }));
      return reply.code(201).send({ ...toHookObject(stored), secret: made.secret });
    },
  );
}

function addObjects(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, clock } = deps;

  app.get(
    '/hooks/:id',
    {
      schema: {
        summary: 'Get a hook, and how far it is behind',
        params: idParams,
        querystring: noQuery,
        response: answers(200, hookWithLag),
      },
    },
    async (request) => {
      const stored = await findSeen(deps, request, request.params.id);
      const { events, isMore: more, oldestAt, queued, parked } = await readLag(db, stored);
      const seconds = oldestAt === null ? null : (clock.now().getTime() - oldestAt.getTime()) / 1000;
      const lag = {
        events,
        more,
        oldest_seconds: seconds,
        queued_deliveries: queued,
        parked_deliveries: parked,
      };
      return { ...toHookObject(stored), lag };
    },
  );

  app.patch(
    '/hooks/:id',
    {
      schema: {
        summary: 'Change a hook; what is absent stays, lists and objects are replaced',
        params: idParams,
        querystring: noQuery,
        body: hookPatch,
        response: answers(200, hook),
      },
    },
    async (request) => {
      const { id } = await findSeen(deps, request, request.params.id);
      const changed = await changeHook(deps, id, (now) => {
        const next = applyBody(now, request.body, deps.config.allowPrivateTargets);
        requireSeen(request, next.settings);
        return next;
      });
      return toHookObject(changed);
    },
  );

  app.delete(
    '/hooks/:id',
    {
      schema: {
        summary: 'Delete a hook with its deliveries, those that wait too',
        params: idParams,
        querystring: noQuery,
        response: answers(204, Type.Null()),
      },
    },
    async (request, reply) => {
      const { id } = await findSeen(deps, request, request.params.id);
      await deleteHook(db, id);
      return reply.code(204).send(null);
    },
  );
}

function addRotation(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();

  app.post(
    '/hooks/:id/rotate_secret',
    {
      config: { role: 'owner' },
      schema: {
        summary: 'Give a hook a new secret, shown in this answer only',
        params: idParams,
        querystring: noQuery,
        body: rotateBody,
        response: answers(200, rotatedSecret),
      },
    },
    async (request) => {
      const { id } = await findSeen(deps, request, request.params.id);
      const { keep_hours: keepHours = 24 } = request.body;
      const { secret, formerUntil } = await rotateSecret(deps, id, keepHours);
      return { secret, former_until: formerUntil?.toISOString() ?? null };
    },
  );
}

function addDeliveries(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, clock } = deps;

  app.get(
    '/hooks/:id/deliveries',
    {
      schema: {
        summary: 'List deliveries of a hook, the newest first',
        params: idParams,
        querystring: deliveryQuery,
        response: answers(200, deliveryPage),
      },
    },
    async (request) => {
      const { id: hookId } = await findSeen(deps, request, request.params.id);
      const { status = null, after = null, limit = 100 } = request.query;
      const found = await pageDeliveries(db, { hookId, status, after, limit, preview: PREVIEW_LENGTH });
      return {
        data: found.map(toDelivery),
        next_after: found.length < limit ? null : (found.at(-1)?.id ?? null),
      };
    },
  );

  app.post(
    '/hooks/:id/replay',
    {
      schema: {
        summary: 'Send deliveries again, those that are parked, or a stretch of the log',
        params: idParams,
        querystring: noQuery,
        body: replayBody,
        response: answers(200, replayed),
      },
    },
    async (request) => {
      const { id } = await findSeen(deps, request, request.params.id);
      const { deliveries, parked, from, to } = request.body;
      const ways = [deliveries, parked, from].filter((way) => way !== undefined);
      if (ways.length !== 1 || (to !== undefined && from === undefined)) {
        throw new MusterError(400, {
          detail: 'expected one of deliveries, parked, and from with or without to',
        });
      }
      if (from !== undefined) {
        await replayStretch(deps, id, { from, to });
        deps.wakeHooks();
        return { deliveries: null };
      }
      const which = deliveries === undefined ? { status: 'parked' as const } : { ids: deliveries };
      const revived = await reviveDeliveries(db, id, which, clock.now());
      deps.wakeHooks();
      return { deliveries: revived };
    },
  );
}

function addPings(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, clock, vault, hookSender: sender } = deps;

  app.post(
    '/hooks/ping',
    {
      schema: {
        summary:
          'Send a test event by settings that are not saved; by id, secrets that are absent are the stored ones',
        querystring: noQuery,
        body: hookDraft,
        response: answers(200, hookPing),
      },
    },
    async (request) => {
      const { id, ...body } = request.body;
      if (id !== undefined) {
        await findSeen(deps, request, id);
        request.auditNote = { objectId: String(id) };
      }
      const now = id === undefined ? newHook : await readHookChange(deps, id);
      const draft = applyBody(now, body, deps.config.allowPrivateTargets);
      requireSeen(request, draft.settings);
      return toPing(await pingDraft({ db, clock, vault, sender }, draft));
    },
  );

  app.post(
    '/hooks/:id/ping',
    {
      schema: {
        summary: 'Send a test event now, once, and show the answer',
        params: idParams,
        querystring: noQuery,
        response: answers(200, hookPing),
      },
    },
    async (request) => {
      const stored = await findSeen(deps, request, request.params.id);
      return toPing(await pingHook({ db, clock, sender }, stored));
    },
  );
}

/** Hooks: who is told of events, and what became of it. */
export function addHooks(app: FastifyInstance, deps: HttpDeps): void {
  addList(app, deps);
  addObjects(app, deps);
  addRotation(app, deps);
  addPings(app, deps);
  addDeliveries(app, deps);
}
