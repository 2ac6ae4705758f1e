import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import type { AdminClient } from './admin-client.ts';
import { NOW, openAdminScene } from './admin-scene.ts';
import type { TestServer } from './test-server.ts';

let server: TestServer;
let admin: AdminClient;
/** An administrator of database 2 alone. */
let bound: AdminClient;

before(async () => {
  ({ server, admin, bound } = await openAdminScene(2));
  const base = {
    ...{ slot: 3, database_id: 1, profile_id: 'b'.repeat(24), share: 0, channel: 'email', resource_id: 1 },
    ...{ template_id: 1, template_version: 1, sender_id: 1, address: 'a@x.ru', is_test: false, attempts: 0 },
    ...{ on_unknown: 'park', give_up_at: NOW, created_at: NOW, opens: 0, clicks: 0 },
  };
  const rows = [
    { ...base, id: '1'.repeat(24), status: 'queued', due_at: NOW },
    { ...base, id: '2'.repeat(24), status: 'unknown', sent_at: NOW, reason: 'lost' },
  ];
  await sql`insert into message select * from jsonb_populate_recordset(null::message, ${JSON.stringify(rows)}::jsonb)`.execute(
    server.deps.db,
  );
});
after(() => server.close());

test('messages are listed, the latest first, and filtered', async () => {
  const ids = (await admin.data('/messages')).map(({ id, status }) => [id, status]);
  assert.deepEqual(ids, [
    ['2'.repeat(24), 'parked'],
    ['1'.repeat(24), 'queued'],
  ]);
  assert.equal((await admin.data('/messages?status=parked&sender_id=1&template_id=1')).length, 1);
  assert.equal((await admin.data(`/messages?profile_id=${'c'.repeat(24)}`)).length, 0);
  assert.deepEqual((await admin.object('GET', '/messages?limit=1', 200))['next_after'], '2'.repeat(24));
  await admin.problem('GET', '/messages?status=lost', 400);
});

test('what waits is in the metrics', async () => {
  const { body } = await server.app.inject({ method: 'GET', url: '/metrics' });
  assert.match(body, /^muster_messages_queued\{channel="email"\} 1$/m);
  assert.match(body, /^muster_messages_parked 1$/m);
});

test('a token sees the messages of its databases alone', async () => {
  assert.deepEqual(await bound.data('/messages'), []);
  await bound.problem('GET', `/messages/${'1'.repeat(24)}`, 404);
  await bound.problem('POST', `/messages/${'1'.repeat(24)}/cancel`, 404);
  await bound.problem('POST', `/messages/${'2'.repeat(24)}/resolve`, 404, { as: 'skip' });
});

test('a message is taken back once, a parked one is decided once', async () => {
  const one = `/messages/${'1'.repeat(24)}`;
  const cancelled = await admin.object('POST', `${one}/cancel`, 200);
  assert.deepEqual([cancelled['status'], cancelled['settled_at']], ['cancelled', NOW]);
  await admin.problem('POST', `${one}/cancel`, 409);
  const two = `/messages/${'2'.repeat(24)}`;
  await admin.problem('POST', `${two}/resolve`, 400, { as: 'done' });
  assert.equal((await admin.object('POST', `${two}/resolve`, 200, { as: 'sent' }))['status'], 'sent');
  await admin.problem('POST', `${two}/resolve`, 409, { as: 'sent' });
  assert.equal((await admin.object('GET', two, 200))['sent_at'], NOW);
});
