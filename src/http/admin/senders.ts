import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { invalidRequest, isJsonObject, type JsonObject, MusterError } from '../../base/index.ts';
import {
  createSender,
  deleteSender,
  draftSender,
  findMailboxState,
  getSender,
  listSenders,
  loadSender,
  type OpenedSender,
  printSettings,
  publicUrlOf,
  reportUrl,
  type Sender,
  sendTestMessage,
  updateSender,
  verifySmtp,
} from '../../messages/index.ts';
import { type Channel, normalizeEmail, normalizePhone } from '../../profiles/index.ts';
import type { HttpDeps } from '../deps.ts';
import { requireEveryDatabase } from './auth.ts';
import { idParams, noQuery, problem } from './contract.ts';
import { answers, noSuch } from './routes.ts';
import {
  sender,
  senderBody,
  senderDraft,
  senderPatch,
  type TestedObject,
  testBody,
  tested,
  verified,
} from './sender-contract.ts';

/** Secrets show only that they are there: `has_password`, and `has_private_key` beside the key's domain. */
function toObject(deps: HttpDeps, stored: Sender): JsonObject {
  const { id, name, channel, secretNames } = stored;
  const settings = printSettings(stored.settings);
  const { dkim } = settings;
  return {
    ...{ id, name, channel },
    ...settings,
    ...(isJsonObject(dkim)
      ? { dkim: { ...dkim, has_private_key: secretNames.includes('dkim_private_key') } }
      : {}),
    has_password: secretNames.includes('password'),
    ...(isJsonObject(settings['bounce'])
      ? { bounce: { ...settings['bounce'], has_password: secretNames.includes('bounce_password') } }
      : {}),
    ...(stored.settings.kind === 'gateway' ? { secrets: [...secretNames] } : {}),
    report_url: reportUrl(publicUrlOf(deps.config), deps.vault, id),
    created_at: stored.createdAt.toISOString(),
    updated_at: stored.updatedAt.toISOString(),
  };
}

/** How the mailbox of a sender was read last; null = it was not read yet. */
async function readMailbox({ db }: HttpDeps, id: number): Promise<JsonObject> {
  const state = await findMailboxState(db, id);
  return {
    last_checked: state?.lastChecked?.toISOString() ?? null,
    last_error: state?.lastError ?? null,
    mails: state?.mails ?? 0,
    facts: state?.facts ?? 0,
  };
}

/** The keys of the channel in a body: those that were sent, whether the schema names them or not. */
function settingsIn(request: FastifyRequest): JsonObject {
  const { body } = request;
  const whole: JsonObject = isBody(body) ? body : {};
  const { name: _name, channel: _channel, ...settings } = whole;
  return settings;
}

function isBody(body: unknown): body is JsonObject {
  return typeof body === 'object' && body !== null;
}

/**
 * What a message of the channel is sent to. Where it is not only a phone, it may be the id by which the provider knows
 * the device or the person.
 * @throws {MusterError} 400 when it is nothing of the kind.
 */
function readAddress(channel: Channel, to: string): string {
  if (channel === 'email') {
    const email = normalizeEmail(to);
    if (email === undefined) throw invalidRequest('to', 'expected an e-mail address');
    return email;
  }
  const phone = normalizePhone(to, '');
  if (phone === undefined && channel === 'sms') {
    throw invalidRequest('to', 'expected a phone number with its country, such as +4915112345678');
  }
  return phone ?? to.trim();
}

/** @throws {MusterError} 404; 400 for a sender of another channel. */
async function loadSmtp(deps: HttpDeps, id: number) {
  const stored: OpenedSender | undefined = await loadSender(deps.db, deps.vault, id);
  if (stored === undefined) throw noSuch('sender', id);
  const { settings } = stored;
  if (settings.kind !== 'smtp') throw new MusterError(400, { detail: `sender ${id} is not one of e-mail` });
  return { ...stored, settings };
}

function toVerified(fault: string | undefined) {
  return fault === undefined ? { ok: true } : { ok: false, error: fault };
}

function addList(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, vault } = deps;

  app.get(
    '/senders',
    {
      schema: {
        summary: 'List senders',
        querystring: noQuery,
        response: answers(200, Type.Object({ data: Type.Array(sender), total: Type.Integer() })),
      },
    },
    async () => {
      const senders = await listSenders(db, vault);
      return { data: senders.map((one) => toObject(deps, one)), total: senders.length };
    },
  );

  app.post(
    '/senders',
    {
      schema: {
        summary: 'Make a sender',
        querystring: noQuery,
        body: senderBody,
        response: answers(201, sender),
      },
    },
    async (request, reply) => {
      requireEveryDatabase(request, 'make senders');
      const { name, channel } = request.body;
      const created = await createSender(deps, { name, channel, body: settingsIn(request) });
      return reply.code(201).send(toObject(deps, created));
    },
  );
}

function addObjects(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, vault } = deps;

  app.get(
    '/senders/:id',
    {
      schema: {
        summary: 'Get a sender',
        params: idParams,
        querystring: noQuery,
        response: answers(200, sender),
      },
    },
    async (request) => {
      const found = toObject(deps, await getSender(db, vault, request.params.id));
      const { bounce } = found;
      if (!isJsonObject(bounce)) return found;
      return { ...found, bounce: { ...bounce, ...(await readMailbox(deps, request.params.id)) } };
    },
  );

  app.patch(
    '/senders/:id',
    {
      schema: {
        summary: 'Change a sender; what is absent stays as it is',
        params: idParams,
        querystring: noQuery,
        body: senderPatch,
        response: answers(200, sender),
      },
    },
    async (request) => {
      requireEveryDatabase(request, 'change senders');
      const { params, body } = request;
      if ('channel' in body) throw invalidRequest('channel', 'cannot be changed');
      const changes = { name: body.name, body: settingsIn(request) };
      return toObject(deps, await updateSender(deps, params.id, changes));
    },
  );

  app.delete(
    '/senders/:id',
    {
      schema: {
        summary: 'Delete a sender that nothing uses',
        params: idParams,
        querystring: noQuery,
        response: { 204: Type.Null(), default: problem },
      },
    },
    async (request, reply) => {
      requireEveryDatabase(request, 'delete senders');
      await deleteSender(db, request.params.id);
      return reply.code(204).send(null);
    },
  );
}

/** Ways to send: SMTP servers and gateways. They serve every database, so a bound token sees but cannot change them. */
export function addSenders(root: FastifyInstance, deps: HttpDeps): void {
  const app = root.withTypeProvider<TypeBoxTypeProvider>();
  const { db, vault, clock, client } = deps;
  addList(root, deps);
  addObjects(root, deps);

  app.post(
    '/senders/verify',
    {
      schema: {
        summary:
          'Connect and log in by settings that are not saved; by id, what is absent is as stored. E-mail alone',
        querystring: noQuery,
        body: senderDraft,
        response: answers(200, verified),
      },
    },
    async (request) => {
      requireEveryDatabase(request, 'verify senders');
      const { id, channel } = request.body;
      if (id !== undefined) request.auditNote = { objectId: String(id) };
      const { id: _id, ...body } = settingsIn(request);
      const { settings, secrets } = await draftSender(deps, { id, channel, body });
      if (settings.kind !== 'smtp')
        throw invalidRequest('channel', 'expected email: gateways cannot be tried without sending');
      return toVerified(await verifySmtp(settings, secrets['password']));
    },
  );

  app.post(
    '/senders/:id/verify',
    {
      schema: {
        summary: 'Connect and log in as sending would; sends nothing',
        params: idParams,
        querystring: noQuery,
        response: answers(200, verified),
      },
    },
    async (request) => {
      requireEveryDatabase(request, 'verify senders');
      const { settings, secrets } = await loadSmtp(deps, request.params.id);
      return toVerified(await verifySmtp(settings, secrets['password']));
    },
  );

  app.post(
    '/senders/:id/test',
    {
      schema: {
        summary: 'Send a test message at once',
        params: idParams,
        querystring: noQuery,
        body: testBody,
        response: answers(200, tested),
      },
    },
    async (request): Promise<TestedObject> => {
      requireEveryDatabase(request, 'send test mails');
      const { to, template_id: templateId } = request.body;
      const { id } = request.params;
      const stored = await loadSender(db, vault, id);
      if (stored === undefined) throw noSuch('sender', id);
      const address = readAddress(stored.channel, to);
      const outcome = await sendTestMessage({ db, vault, client, clock }, stored, {
        to: address,
        templateId,
      });
      return {
        outcome: outcome.kind,
        answer: outcome.kind === 'accepted' ? outcome.answer : outcome.reason,
      };
    },
  );
}
