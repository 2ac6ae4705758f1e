import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  ManualClock,
  parseJson,
} from '../../src/base/index.ts';
import {
  createGatewayChannel,
  type Fact,
  type GatewaySettings,
  measureSms,
  parseGatewaySettings,
  takeReports,
} from '../../src/messages/index.ts';
import type { DeliveryOutcome, Outgoing, RenderedContent } from '../../src/messages/message.ts';
import { createTargetClient, type TargetClient } from '../../src/outbound/index.ts';
import { readBody, serveHttp, serveTcp, type TargetServer } from '../outbound/target-server.ts';
import { createTestDatabase } from '../support/database.ts';

const page = readFileSync(new URL('../../docs/gateways.md', import.meta.url), 'utf8');

/** The block of the page that has the name. */
function block(name: string): string {
  const [, text] = new RegExp(`\`\`\`(?:json|text) ${name}\\n(.*?)\\n\`\`\``, 's').exec(page) ?? [];
  assert.ok(text !== undefined, `docs/gateways.md has no block ${name}`);
  return text;
}

function objectOf(text: string): JsonObject {
  const value = parseJson(text);
  assert.ok(isJsonObject(value));
  return value;
}

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
interface Scripted {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
}

const NOW = new Date('2026-03-02T10:00:00Z');
const ID = '0123456789abcdef01234567';
let provider: TargetServer;
let client: TargetClient;
let received: Received[] = [];
let script: Scripted = {};

before(async () => {
  provider = await serveHttp(async (request, response) => {
    const { method = '', url = '', headers } = request;
    received.push({ method, url, headers, body: await readBody(request) });
    response.writeHead(script.status ?? 200, script.headers ?? {}).end(script.body ?? '');
  });
  client = createTargetClient({ allowPrivate: true });
});
after(async () => {
  await client.close();
  await provider.stop();
});
beforeEach(() => {
  received = [];
  script = {};
});

/** The settings with the provider of this test in place of the one that they name. */
function settingsOf(body: JsonObject, url = provider.url): GatewaySettings {
  const local = objectOf(JSON.stringify(body).replace(/https:\/\/\w+\.example/, url));
  const parsed = parseGatewaySettings(local);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.value;
}

function secretsOf(body: JsonObject): Record<string, string> {
  const secrets = body['secrets'];
  return Object.fromEntries(
    Object.entries(isJsonObject(secrets) ? secrets : {}).map(([key, value]) => [key, String(value)]),
  );
}

function outgoing(content: Partial<RenderedContent>, more: Partial<Outgoing> = {}): Outgoing {
  const empty = { subject: '', html: '', text: '', headers: {}, attachments: [], unsubscribeUrl: null };
  return {
    ...{
      slot: 3,
      id: ID,
      profileId: 'p',
      channel: 'sms',
      address: '+79991234567',
      createdAt: NOW,
      attempts: 0,
    },
    ...more,
    content: { ...empty, ...content },
  };
}

async function send(body: JsonObject, message: Outgoing, url?: string): Promise<DeliveryOutcome> {
  const channel = createGatewayChannel({
    ...{ settings: settingsOf(body, url), secrets: secretsOf(body), client, clock: new ManualClock(NOW) },
  });
  const outcome = await channel.send(message, new AbortController().signal);
  await channel.close();
  return outcome;
}

test('the SMS provider of the page gets what the page says, and is understood', async () => {
  const sender = objectOf(block('sms-sender'));
  const message = outgoing({ text: 'Your code: 1234 & more' });
  script = { body: '{"id": 4711, "cnt": 1}' };
  assert.deepEqual(await send(sender, message), {
    ...{ kind: 'accepted', answer: 'HTTP 200: {"id": 4711, "cnt": 1}', providerId: '4711' },
  });
  const [request] = received;
  assert.equal(request?.body, block('sms-request'));
  assert.deepEqual([request?.method, request?.url], ['POST', '/send.php']);
  assert.equal(request?.headers['content-type'], 'application/x-www-form-urlencoded');
  assert.equal(request?.headers['idempotency-key'], ID);
  script = { body: 'ERROR = 7 (invalid number, psw s3cret & more, s3cret%20%26%20more)' };
  assert.deepEqual(await send(sender, message), {
    ...{
      kind: 'permanent',
      badAddress: true,
      reason: 'HTTP 200: ERROR = 7 (invalid number, psw [secret], [secret])',
    },
  });
  script = { body: 'ERROR = 9 (too often)' };
  assert.equal((await send(sender, message)).kind, 'temporary');
  script = { body: 'ERROR = 2' };
  assert.deepEqual(await send(sender, message), {
    kind: 'permanent',
    badAddress: false,
    reason: 'HTTP 200: ERROR = 2',
  });
  received = [];
  const long = await send(sender, outgoing({ text: 'x'.repeat(801) }));
  assert.deepEqual([long.kind, received.length], ['permanent', 0]);
});

test('the push service of the page gets what the page says, and is understood', async () => {
  const sender = objectOf(block('push-sender'));
  const address = JSON.stringify({ provider: 'android-firebase', subscription_id: 'device-1' });
  const content = { subject: 'Your "order"', text: 'It is on its way', headers: { order: '77' } };
  const message = outgoing(content, { channel: 'push', address });
  script = { status: 202, body: '{"message":{"id":"m-1"}}' };
  const outcome = await send(sender, message);
  assert.equal(outcome.kind === 'accepted' && outcome.providerId, 'm-1');
  const [request] = received;
  assert.deepEqual(parseJson(request?.body ?? ''), parseJson(block('push-request')));
  assert.equal(request?.url, `/v1/apps/shop/messages?ref=${ID}`);
  assert.equal(request?.headers['authorization'], 'Bearer push-token-123');
  script = { status: 404, body: '{"code": "unregistered", "token": "push-token-123"}' };
  assert.deepEqual(await send(sender, message), {
    ...{
      kind: 'permanent',
      badAddress: true,
      reason: 'HTTP 404: {"code": "unregistered", "token": "[secret]"}',
    },
  });
  script = { status: 409 };
  assert.equal((await send(sender, message)).kind, 'temporary');
  script = { status: 400 };
  assert.equal((await send(sender, message)).kind, 'permanent');
});

const plain = objectOf(
  '{"kind":"gateway","request":{"url":"https://x.example/"},"answer":{"id":"id=(\\\\d+)"}}',
);

test('statuses and faults of the network are told apart', async () => {
  const message = outgoing({ text: 'x' });
  script = { status: 429, headers: { 'retry-after': '7' } };
  assert.deepEqual(await send(plain, message), {
    ...{ kind: 'temporary', reason: 'HTTP 429', afterMs: 7_000, unreachable: false },
  });
  script = { status: 503, body: 'x'.repeat(300) };
  assert.deepEqual(await send(plain, message), {
    ...{ kind: 'temporary', reason: `HTTP 503: ${'x'.repeat(200)}…`, afterMs: null, unreachable: true },
  });
  script = { body: 'fine id=12' };
  const accepted = await send(plain, message);
  assert.equal(accepted.kind === 'accepted' && accepted.providerId, '12');
  const silent = await serveTcp((socket) => socket.once('data', () => socket.destroy()));
  assert.equal((await send(plain, message, silent.url)).kind, 'unknown');
  await silent.stop();
  const refused = await send(plain, message, silent.url);
  assert.equal(refused.kind === 'temporary' && refused.unreachable, true);
  const guarded = createTargetClient({ allowPrivate: false });
  const options = { settings: settingsOf(plain), secrets: {}, client: guarded, clock: new ManualClock(NOW) };
  const outcome = await createGatewayChannel(options).send(message, new AbortController().signal);
  assert.equal(outcome.kind, 'permanent');
  await guarded.close();
});

test('no value leaves its place', async () => {
  const body: JsonObject = {
    kind: 'gateway',
    request: {
      method: 'PUT',
      url: 'https://x.example/p/{message.to}?t={message.text}',
      headers: { 'X-Text': '{message.text}', 'Content-Type': 'application/json' },
      body: '{"in": "a {message.text} b", "out": {message.text}, "absent": {message.nothing}, "css": "{ x }"}',
    },
  };
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: fc.constantFrom('a', '"', '\\', '\r\n', '&', '#', '?', '/', '{', 'é', '\u2028') }),
      async (text) => {
        received = [];
        await send(body, outgoing({ text }, { address: '+7/..' }));
        const [request] = received;
        const url = new URL(request?.url ?? '', provider.url);
        assert.deepEqual([url.pathname, url.searchParams.get('t')], ['/p/%2B7%2F..', text]);
        assert.deepEqual(parseJson(request?.body ?? ''), {
          in: `a ${text} b`,
          out: text,
          absent: null,
          css: '{ x }',
        });
      },
    ),
    { numRuns: 50 },
  );
  received = [];
  assert.equal((await send(body, outgoing({ text: 'x' }, { address: '..' }))).kind, 'permanent');
  const secret = objectOf('{"kind":"gateway","request":{"url":"https://x.example/{secret.key}"}}');
  const missing = await send(secret, outgoing({ text: 'x' }));
  assert.deepEqual(missing, { kind: 'permanent', badAddress: false, reason: 'the sender has no secret key' });
  assert.deepEqual(received, []);
});

function faultsOf(body: JsonValue): string[] {
  const parsed = parseGatewaySettings(isJsonObject(body) ? body : {});
  return parsed.ok ? [] : parsed.error.map(({ path }) => path);
}

test('everything that is wrong with settings is told at once', () => {
  const request = {
    url: 'https://{message.to}.example/',
    method: 'DELETE',
    content_type: 'xml',
    headers: { Host: 'x', 'a b': '1', ok: 1 },
  };
  const answer = { accepted: { status: ['x'], pattern: '(' }, id: 'no group', temporary: 7 };
  const report = { id: 'id', delivered: ['1'], undelivered: [1], pending: [{}] };
  assert.deepEqual(
    faultsOf({ kind: 'smtp', request, answer, report, rate: 0, concurrency: 'x', max_length: 0 }),
    [
      ...['kind', 'request.method', 'request.content_type'],
      ...['request.headers.Host', 'request.headers.a b', 'request.headers.ok', 'request.url'],
      ...['answer.temporary', 'answer.accepted.status', 'answer.accepted.pattern', 'answer.id'],
      ...['report.undelivered', 'report.pending', 'report.id', 'rate', 'concurrency', 'max_length'],
    ],
  );
  for (const url of ['ftp://x', 'https://u:p@x.example/', 'https://x.example\\y', '', 'https://']) {
    assert.deepEqual(faultsOf({ kind: 'gateway', request: { url } }), ['request.url'], url);
  }
  const names = { url: 'https://x.example/{message.}', body: { a: ['{secret.b c}', '{message.x..y}'] } };
  assert.deepEqual(faultsOf({ kind: 'gateway', request: names }), ['request.body.a[1]', 'request.url']);
  assert.deepEqual(
    faultsOf({ kind: 'gateway', request: { url: 'https://x.example', method: 'GET', body: 'x' } }),
    ['request.body'],
  );
  assert.deepEqual(settingsOf(objectOf(block('sms-sender'))).secretNames, ['login', 'password']);
});

test('the length of an SMS counts as providers count it', () => {
  assert.deepEqual(measureSms(''), { encoding: 'GSM-7', length: 0, parts: 0 });
  assert.deepEqual(measureSms('a'.repeat(160)), { encoding: 'GSM-7', length: 160, parts: 1 });
  assert.deepEqual(measureSms('a'.repeat(161)), { encoding: 'GSM-7', length: 161, parts: 2 });
  assert.deepEqual(measureSms('a'.repeat(306)).parts, 2);
  assert.deepEqual(measureSms('a'.repeat(307)).parts, 3);
  assert.deepEqual(measureSms('€'.repeat(80)), { encoding: 'GSM-7', length: 160, parts: 1 });
  // 153 is odd, and an escaped character is not cut: 76 fit into a part.
  assert.deepEqual(measureSms('€'.repeat(153)), { encoding: 'GSM-7', length: 306, parts: 3 });
  assert.deepEqual(measureSms('я'.repeat(70)), { encoding: 'UCS-2', length: 70, parts: 1 });
  assert.deepEqual(measureSms('я'.repeat(134)).parts, 2);
  assert.deepEqual(measureSms('я'.repeat(135)).parts, 3);
  assert.deepEqual(measureSms('😀'.repeat(35)), { encoding: 'UCS-2', length: 70, parts: 1 });
  assert.deepEqual(measureSms('😀'.repeat(67)).parts, 3);
});

test('the reports of the page are recorded', async () => {
  const database = await createTestDatabase();
  const { db } = database;
  const facts: Fact[] = [];
  const deps = {
    ...{ db, clock: new ManualClock(NOW) },
    recordFacts: async (batch: readonly Fact[]) => {
      facts.push(...batch);
    },
  };
  try {
    for (const [index, name] of ['sms-sender', 'push-sender'].entries()) {
      await sql`insert into sender (name, channel, settings, created_at, updated_at)
                values (${name}, 'sms', ${block(name)}::jsonb, now(), now())`.execute(db);
      const provided = [['4711'], ['m-1', 'm-2']][index] ?? [];
      for (const [at, id] of provided.entries()) {
        await sql`
          insert into message (slot, id, database_id, profile_id, share, channel, resource_id, template_id,
                               template_version, sender_id, on_unknown, status, give_up_at, created_at, provider_id)
          values (${at}, ${ID.replace(/.$/, String(index))}, 1, 'p', 0, 'sms', 1, 1, 1, ${index + 1}, 'skip', 'sent',
                  now(), now(), ${id})`.execute(db);
      }
    }
    assert.deepEqual(await takeReports(deps, 1, { id: '4711', status: '1' }), {
      ...{ recorded: 1, unknown: 0, ignored: 0, answer: 'OK' },
    });
    assert.deepEqual(await takeReports(deps, 2, parseJson(block('push-report'))), {
      ...{ recorded: 2, unknown: 0, ignored: 1, answer: null },
    });
    assert.deepEqual(
      facts.map(({ slot, kind, data }) => [slot, kind, data]),
      [
        [0, 'delivered', { reported_id: '4711', status: '1' }],
        [0, 'delivered', { reported_id: 'm-1', status: 'displayed' }],
        [1, 'undelivered', { reported_id: 'm-2', status: 'expired', reason: 'ttl' }],
      ],
    );
    // The other sender's id is not known to this one.
    assert.equal(
      (await takeReports(deps, 2, { events: { message_id: '4711', type: 'displayed' } }))?.unknown,
      1,
    );
    assert.equal(await takeReports(deps, 99, {}), undefined);
  } finally {
    await database.drop();
  }
});
