import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import type { JsonValue } from '../../src/base/index.ts';
import { at, createMethodScene, type MethodScene } from './method-scene.ts';

const SET = 'profiles/subscriptions/set';
const LIST = 'profiles/subscriptions/list';
const GET = 'profiles/subscriptions/get';
const DELETE = 'profiles/subscriptions/delete';

let scene: MethodScene;
/** A profile with an e-mail and a phone of its own, and no subscription. */
let herbert: string;
let resource: { resource_id: number };

before(async () => {
  scene = await createMethodScene();
  resource = { resource_id: scene.resourceId };
});
after(() => scene.server.close());
beforeEach(async () => {
  const { db } = scene.server.deps;
  for (const table of ['profile', 'identity', 'unique_value', 'stored_answer']) {
    await sql`delete from ${sql.table(table)}`.execute(db);
  }
  const data = { email: 'herbert@example.com', phones: '+79862014852' };
  herbert = String(at(await scene.sendOk('profiles/import', { data }), 'profile_id'));
});

async function set(body: object): Promise<string> {
  const answer = await scene.sendOk(SET, { profile_id: herbert, ...body });
  assert.equal(answer['profile_id'], herbert);
  return String(answer['hash_id']);
}

async function list(): Promise<JsonValue> {
  return at(await scene.sendOk(LIST, { profile_id: herbert }), 'data');
}

test('subscriptions/set makes a subscription, and changes what it is told', async () => {
  const hash = await set({
    ...resource,
    ...{ channel: 'email', email: 'Work@example.com', priority: 3, custom_fields: { _os: 'Linux' } },
    ...{ date: '2026-01-31', ip: '192.0.2.1', url: 'https://example.com/form' },
  });
  assert.equal(await set({ ...resource, email: 'work@example.com', status: 'unsubscribed' }), hash);
  assert.deepEqual(await list(), [
    {
      ...{ id: hash, hash_id: hash, ...resource, channel: 'email', status: 'unsubscribed', priority: 3 },
      ...{ custom_fields: { _os: 'Linux' }, date: '2026-01-31T00:00:00.000Z', ip: '192.0.2.1' },
      ...{ url: 'https://example.com/form', email: 'work@example.com', cats: [], is_delete: false },
      email_data: {
        ...{ email: 'work@example.com', domain: 'example.com', md5: '8b9619ac2b069eab68941ce7590958fa' },
      },
    },
  ]);
});

test('subscriptions/set takes one or several nested ones, of the resource at the root', async () => {
  const subscriptions = [
    { email: 'a@example.com' },
    { phone: '+79862014800', status: 1 },
    { provider: 'Chrome', subscription_id: 'device' },
  ];
  const several = await scene.sendOk(SET, { email: 'herbert@example.com', ...resource, subscriptions });
  assert.equal(at(several, 'hash_ids', 0), several['hash_id']);
  assert.equal(new Set([at(several, 'hash_ids', 0), at(several, 'hash_ids', 2)]).size, 2);
  const subscription = { ...resource, phone_data: { phone: '+79862014800' }, status: 'subscribed' };
  const one = await scene.sendOk(SET, { matching: 'phone', phone: '+79862014852', subscription });
  assert.equal(one['hash_id'], at(several, 'hash_ids', 1));
  assert.equal(at(await list(), 1, 'status'), 'subscribed');
  assert.match(String(at(await list(), 1, 'phone_data', 'md5')), /^[0-9a-f]{32}$/);
});

test('subscriptions/set changes nothing when it is refused', async () => {
  await scene.sendOk('profiles/import', { data: { email: 'other@example.com' } });
  const reader = await scene.server.makeToken(['read'], [scene.databaseId]);
  const contact = { ...resource, subscription: { email: 'x@example.com' } };
  const cases: [error: number, debug: RegExp, body: object][] = [
    [404, /^email: there is no such profile/, { email: 'nobody@example.com', ...contact }],
    [404, /^custom_request: there is no/, { custom_request: { email: 'nobody@example.com' }, ...contact }],
    [409, /^custom_request: several/, { custom_request: { email: { $exists: true } }, ...contact }],
    [
      400,
      /resource_id: expected the number/,
      { profile_id: herbert, subscription: { email: 'x@example.com' } },
    ],
    [
      400,
      /resource_id: there is no resource 99/,
      { profile_id: herbert, resource_id: 99, email: 'x@example.com' },
    ],
    [
      400,
      /status: expected one of/,
      { profile_id: herbert, ...resource, email: 'x@example.com', status: 'gone' },
    ],
    [400, /channel: expected one of/, { profile_id: herbert, ...resource }],
    [403, /the right import/, { token: reader, profile_id: herbert, ...contact }],
    [403, /does not have database/, { db_id: scene.otherDatabaseId, profile_id: herbert, ...contact }],
  ];
  for (const [error, debug, body] of cases) {
    const answer = await scene.send(SET, body);
    assert.equal(answer['error'], error, `${JSON.stringify(body)} ${JSON.stringify(answer)}`);
    assert.match(String(answer['error_debug']), debug);
  }
  const { rows } = await sql<object>`
    select count(*) as n from profile where subscriptions <> '[]'`.execute(scene.server.deps.db);
  assert.deepEqual(rows, [{ n: 0 }]);
});

test('a dry run of subscriptions/set sets nothing, a repeat sets nothing twice', async () => {
  const body = { profile_id: herbert, ...resource, email: 'work@example.com' };
  const forecast = await scene.sendOk(SET, { ...body, dry_run: true });
  assert.deepEqual(at(forecast, 'data', 'result', 0, 'changed_fields'), ['subscriptions']);
  assert.deepEqual(await list(), []);
  const first = await scene.sendOk(SET, body);
  await scene.sendOk(DELETE, { hash_id: String(first['hash_id']) });
  assert.deepEqual(await scene.sendOk(SET, body), first);
  assert.deepEqual(await list(), []);
});

test('subscriptions/get finds one by its id, or by resource, channel and contact', async () => {
  const email = await set({ ...resource, email: 'work@example.com' });
  const phone = await set({ ...resource, phone: '+79862014800' });
  const push = await set({ ...resource, provider: 'Chrome', subscription_id: 'device' });
  const other = await set({ ...resource, channel: 'whatsapp', cc_data: { phone: '89862014801' } });
  const cases: [hash: string, body: object][] = [
    [email, { hash_id: email }],
    [email, { subscription_id: email }],
    [email, { email: 'WORK@example.com', ...resource }],
    [email, { matching: 'email', email: 'herbert@example.com', channel: 'email' }],
    [phone, { phone: '+79862014800' }],
    [phone, { profile_id: herbert, phone: '8 986 201-48-00' }],
    [push, { provider: 'Chrome', subscription_id: 'device' }],
    [push, { profile_id: herbert, channel: 'push' }],
    [other, { profile_id: herbert, cc_data: { phone: '+79862014801' } }],
    [other, { custom_request: { email: 'herbert@example.com' }, hash_id: other }],
  ];
  for (const [hash, body] of cases) {
    const answer = await scene.sendOk(GET, body);
    assert.equal(at(answer, 'data', 'hash_id'), hash, JSON.stringify(body));
    assert.equal(at(answer, 'data', 'profile_id'), herbert);
  }
});

test('subscriptions/get and subscriptions/delete say what is wrong, and nothing is taken away', async () => {
  const email = await set({ ...resource, email: 'work@example.com' });
  await set({ ...resource, email: 'home@example.com' });
  const cases: [error: number, debug: RegExp, body: object][] = [
    [404, /^custom_request: there is no such profile/, { hash_id: '0123456789abcdef01234567' }],
    [404, /^hash_id: the profile has no/, { profile_id: herbert, hash_id: '0123456789abcdef01234567' }],
    [404, /^resource_id: the profile has no/, { profile_id: herbert, email: 'x@example.com' }],
    [409, /^resource_id: several/, { profile_id: herbert, ...resource }],
    [400, /^hash_id: expected which/, { profile_id: herbert }],
    [400, /^email: expected a value/, resource],
    [400, /^email: expected an e-mail/, { profile_id: herbert, email: 'x' }],
    [404, /^db_id/, { db_id: 999, hash_id: email }],
    [403, /does not have database/, { db_id: scene.otherDatabaseId, hash_id: email }],
  ];
  for (const method of [GET, DELETE]) {
    for (const [error, debug, body] of cases) {
      const answer = await scene.send(method, body);
      assert.equal(answer['error'], error, `${method} ${JSON.stringify(body)} ${JSON.stringify(answer)}`);
      assert.match(String(answer['error_debug']), debug);
    }
  }
  assert.equal(Object.keys(Object(await list())).length, 2);
});

test('subscriptions/delete takes one away, and what the profile is found by through it', async () => {
  const email = await set({ ...resource, email: 'work@example.com' });
  const phone = await set({ ...resource, phone: '+79862014800' });
  const bySub = { matching: 'email_sub', email: 'work@example.com' };
  await scene.sendOk('profiles/get', bySub);
  assert.deepEqual(await scene.sendOk(DELETE, { email: 'work@example.com', ...resource }), {
    ...{ error: 0, error_text: 'Successful operation', profile_id: herbert, hash_id: email },
  });
  assert.equal(at(await list(), 0, 'hash_id'), phone);
  assert.equal(at(await list(), 1), null);
  assert.equal(at(await scene.send('profiles/get', bySub), 'error'), 404);
  await scene.sendOk('profiles/get', { email: 'herbert@example.com' });
});

test('subscriptions/set takes XML', async () => {
  const { server, token, databaseId, resourceId } = scene;
  const answer = await server.app.inject({
    method: 'POST',
    url: `/api/v1.1/${SET}`,
    headers: { 'content-type': 'application/xml' },
    payload: `<xml><token>${token}</token><db_id>${databaseId}</db_id><profile_id>${herbert}</profile_id>
      <resource_id>${resourceId}</resource_id><phone>+79862014800</phone><status>1</status>
      <priority>2</priority><skip_triggers>true</skip_triggers></xml>`,
  });
  assert.match(answer.body, /<error>0<\/error>.*<hash_id>[0-9a-f]{24}<\/hash_id>/);
  assert.equal(at(await list(), 0, 'status'), 'unsubscribed');
  assert.equal(at(await list(), 0, 'priority'), 2);
});

test('nothing of this was a fault of ours', () => {
  assert.deepEqual(scene.server.faults, []);
});
