import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type AdminClient, createAdminClient } from './admin-client.ts';
import { createTestServer, type TestServer } from './test-server.ts';

let server: TestServer;
let admin: AdminClient;
let bound: AdminClient;
before(async () => {
  server = await createTestServer();
  admin = createAdminClient(server, await server.makeToken(['admin']));
  await admin.object('POST', '/databases', 201, { name: 'one' });
  await admin.object('POST', '/databases', 201, { name: 'two' });
  bound = createAdminClient(server, await server.makeToken(['admin'], [2]));
  const token = await server.makeToken(['import']);
  const data = ['a@x.ru', 'b@x.ru'].map((email) => ({ email }));
  const { json } = await server.post('/api/v1.1/profiles/import_batch', {
    ...{ token, db_id: 1, matching: 'email', data },
  });
  assert.equal(json['error'], 0);
});
after(() => server.close());

test('how a filter finds its profiles is told, and of them their number alone', async () => {
  const filter = { email: 'a@x.ru' };
  const { seconds, plan, ...facts } = await admin.object('POST', '/databases/1/explain', 200, { filter });
  assert.deepEqual(facts, {
    fields: [{ name: 'email', type: 'email', indexed: true }],
    ...{ indexes: ['email'], candidates: 1, total: 2, count: 1, access: 'index', exact: true },
  });
  assert.ok(typeof seconds === 'number' && seconds >= 0);
  assert.ok(Array.isArray(plan) && !JSON.stringify(plan).includes('a@x.ru'));
  const { access, count } = await admin.object('POST', '/databases/1/explain', 200, { filter: {} });
  assert.deepEqual([access, count], ['scan', 2]);
});

test('a filter that is none is refused with the place, a database of others is not there', async () => {
  const body = { filter: { $and: [{ a: { $near: 1 } }] } };
  const [fault] = await admin.problem('POST', '/databases/1/explain', 400, body);
  assert.match(fault ?? '', /^filter: filter\.\$and\[0\]\.a\.\$near|^filter: filter/);
  assert.deepEqual(await admin.problem('POST', '/databases/1/explain', 400, {}), ['filter: is missing']);
  await bound.problem('POST', '/databases/1/explain', 404, { filter: {} });
  await bound.object('POST', '/databases/2/explain', 200, { filter: {} });
  await admin.problem('POST', '/databases/9/explain', 404, { filter: {} });
});
