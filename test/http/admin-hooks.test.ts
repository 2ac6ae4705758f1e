import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { Webhook } from 'standardwebhooks';
import type { ClaimLoop } from '../../src/db/index.ts';
import { createSequencer } from '../../src/hooks/index.ts';
import { createTestSignals } from '../support/test-signals.ts';
import { startSink, type TargetSink } from '../workflow/target-sink.ts';
import { type AdminClient, createAdminClient } from './admin-client.ts';
import { createTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
let sink: TargetSink;
let admin: AdminClient;
let sequencer: ClaimLoop;
const signals = createTestSignals();
before(async () => {
  [server, sink] = await Promise.all([createTestServer(), startSink()]);
  admin = createAdminClient(server, await server.makeToken(['admin']));
  for (const name of ['one', 'two']) await admin.object('POST', '/databases', 201, { name });
  sequencer = createSequencer({ ...server.deps, signals, wakeCutter: () => {} });
  await sequencer.start();
});
after(async () => {
  await sequencer.stop();
  await server.close();
  await sink.stop();
});

test('a hook is made, changed, pinged and deleted; its secrets are shown once', async () => {
  const made = await admin.object('POST', '/hooks', 201, {
    name: 'shop',
    url: `${sink.url}/in`,
    events: ['open'],
    header: { name: 'X-Key', value: 'letmein' },
  });
  assert.match(String(made['secret']), /^whsec_/);
  const path = `/hooks/${made['id']}`;
  const got = await admin.object('GET', path, 200);
  assert.ok(!JSON.stringify(got).includes('whsec_') && !JSON.stringify(got).includes('letmein'));
  assert.deepEqual(
    [got['batch_size'], got['batch_timeout'], got['events'], got['active']],
    [100, 5, ['open'], true],
  );
  assert.deepEqual(got['lag'], {
    ...{ events: 0, more: false, oldest_seconds: null, queued_deliveries: 0, parked_deliveries: 0 },
  });
  sink.answer = () => ({ status: 418, body: 'tea' });
  const ping = await admin.object('POST', `${path}/ping`, 200);
  assert.deepEqual(ping, { ok: false, http_status: 418, fault: 'the answer was HTTP 418', answer: 'tea' });
  assert.equal(sink.received[0]?.headers['x-key'], 'letmein');
  assert.match(sink.received[0]?.body ?? '', /"is_test":true/);
  const patched = await admin.object('PATCH', path, 200, { active: false, events: null, header: null });
  assert.deepEqual([patched['active'], patched['events'], patched['header']], [false, null, null]);
  assert.match(String((await admin.object('POST', `${path}/rotate_secret`, 200, {}))['secret']), /^whsec_/);
  assert.deepEqual(await admin.data(`${path}/deliveries`), []);
  await admin.gone(path);
  await admin.problem('GET', path, 404);
});

test('a hook is pinged before it is saved; by id with the secrets that are stored', async () => {
  sink.received.length = 0;
  sink.answer = () => ({ status: 200, body: 'fine' });
  const before = await admin.data('/hooks');
  const ping = (body: object) => admin.object('POST', '/hooks/ping', 200, body);
  const good = { ok: true, http_status: 200, fault: null, answer: 'fine' };
  assert.deepEqual(await ping({ url: `${sink.url}/new`, header: { name: 'X-Key', value: 'k1' } }), good);
  const wanting = await ping({ url: `${sink.url}/new`, success_pattern: 'great' });
  assert.deepEqual([wanting['ok'], wanting['http_status']], [false, 200]);
  assert.deepEqual(await admin.data('/hooks'), before);

  const made = await admin.object('POST', '/hooks', 201, {
    name: 'kept',
    url: `${sink.url}/old`,
    header: { name: 'X-Key', value: 'k2' },
  });
  const { id } = made;
  assert.deepEqual(await ping({ id: id ?? null, url: `${sink.url}/other` }), good);
  const [first, , last] = sink.received;
  assert.deepEqual([first?.headers['x-key'], last?.headers['x-key']], ['k1', 'k2']);
  new Webhook(String(made['secret'])).verify(last?.body ?? '', {
    'webhook-id': String(last?.headers['webhook-id']),
    'webhook-timestamp': String(last?.headers['webhook-timestamp']),
    'webhook-signature': String(last?.headers['webhook-signature']),
  });
  assert.equal((await admin.object('GET', `/hooks/${id}`, 200))['url'], `${sink.url}/old`);
  await admin.problem('POST', '/hooks/ping', 400, { url: 'ftp://x' });
  await admin.problem('POST', '/hooks/ping', 404, { id: 9_999, url: sink.url });
  const bound = createAdminClient(server, await server.makeToken(['admin'], [1]));
  await bound.problem('POST', '/hooks/ping', 404, { id, url: sink.url });
  await bound.problem('POST', '/hooks/ping', 403, { url: sink.url });
  await bound.object('POST', '/hooks/ping', 200, { url: sink.url, filters: { database_ids: [1] } });
  await admin.gone(`/hooks/${id}`);
});

const refused: [what: string, body: object, error: RegExp][] = [
  ['a URL that is none', { url: 'ftp://x' }, /^url: /],
  ['a header of the delivery itself', { header: { name: 'Webhook-Id', value: 'x' } }, /^header\.name: /],
  ['a pattern that is none', { success_pattern: '(a' }, /^success_pattern: /],
  ['a pattern that looks back', { success_pattern: '(a)\\1' }, /^success_pattern: /],
  [
    'OAuth2 without a secret',
    { oauth2: { token_url: 'http://127.0.0.1/', client_id: 'x' } },
    /client_secret: is missing/,
  ],
  ['a batch of none', { batch_size: 0 }, /^batch_size: /],
  ['a key that nobody reads', { colour: 1 }, /^colour: is unknown/],
];
for (const [what, body, error] of refused) {
  test(`is refused: ${what}`, async () => {
    const errors = await admin.problem('POST', '/hooks', 400, { name: 'x', url: sink.url, ...body });
    assert.match(errors.join(), error);
  });
}

test('a token of one database sees, makes and reads only what is of it', async () => {
  const bound = createAdminClient(server, await server.makeToken(['admin'], [1]));
  const all = await admin.object('POST', '/hooks', 201, { name: 'all', url: sink.url });
  await bound.problem('GET', `/hooks/${all['id']}`, 404);
  await bound.problem('POST', '/hooks', 403, { name: 'x', url: sink.url });
  const own = { name: 'own', url: sink.url, filters: { database_ids: [1] } };
  const made = await bound.object('POST', '/hooks', 201, own);
  await bound.problem('PATCH', `/hooks/${made['id']}`, 403, { filters: { database_ids: [1, 2] } });
  assert.deepEqual(
    (await bound.data('/hooks')).map(({ id }) => id),
    [made['id']],
  );
});

test("an event of the caller's own is told to those who wait for it", async () => {
  const { post } = server;
  const token = await server.makeToken(['import', 'read']);
  const auth = { authorization: `Bearer ${token}` };
  const imported = await post(
    '/api/v1.1/profiles/import',
    { db_id: 1, matching: 'email', email: 'ann@example.org', data: { email: 'ann@example.org' } },
    auth,
  );
  assert.equal(imported.json['error'], 0);
  const read = async (query: string) =>
    (await server.app.inject({ url: `/api/events?${query}`, headers: auth })).json();
  const start = await read('after=end');
  assert.deepEqual([start.data, start.has_more], [[], false]);
  const waiting = read(`after=${start.next}&wait=30&types=paid`);
  const placed = signals.until('event', 'settled');
  const body = { database_id: 1, email: 'ann@example.org', event: 'paid', data: { sum: 5 } };
  const raised = await post('/api/events', body, auth);
  assert.equal(raised.status, 201);
  sequencer.wake();
  await placed;
  const page = await waiting;
  assert.deepEqual(
    page.data.map((one: Record<string, unknown>) => [
      one['event_type'],
      one['profile_id'],
      one['event_data'],
    ]),
    [['paid', raised.json['profile_id'], { sum: 5 }]],
  );
  assert.equal((await post('/api/events', { ...body, event: 'open' }, auth)).status, 400);
  assert.equal((await post('/api/events', { ...body, email: 'nobody@example.org' }, auth)).status, 404);
  const reader = { authorization: `Bearer ${await server.makeToken(['read'], [2])}` };
  assert.equal((await post('/api/events', body, reader)).status, 403);
  const other = (await server.app.inject({ url: '/api/events', headers: reader })).json();
  assert.deepEqual(other.data, []);
  const forbidden = await server.app.inject({ url: '/api/events?database_id=1', headers: reader });
  assert.equal(forbidden.statusCode, 403);
  assert.equal((await server.app.inject({ url: '/api/events' })).statusCode, 401);
  const { rows } = await sql<{
    n: number;
  }>`select count(*) as n from event_batch where type = 'paid'`.execute(server.deps.db);
  assert.equal(rows[0]?.n, 1);
});
