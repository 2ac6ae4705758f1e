import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readConfig } from '../../src/config/index.ts';
import { createAdminClient } from './admin-client.ts';
import { Browser, enterAs, makeUser } from './person.ts';
import { createTestServer, type TestServer } from './test-server.ts';

const SECRET = 'a-token-that-nobody-sees';
let server: TestServer;
before(async () => {
  const { variables } = readConfig({ MUSTER_TOKEN: SECRET, MUSTER_MAX_ITEMS: '77' });
  server = await createTestServer({ variables });
});
after(() => server.close());

test('owners name the installation and leave a notice, which everybody sees before they log in', async () => {
  const owner = await enterAs(server, await makeUser(server, 'o@x.org', 'owner'));
  const nobody = new Browser(server);
  const first = await nobody.object('GET', '/session', 200);
  assert.deepEqual([first['name'], first['notice'], first['language']], [null, null, null]);
  await owner.object('PATCH', '/settings', 200, { name: 'Staging', language: 'ru' });
  const changed = await owner.object('PATCH', '/settings', 200, { notice: 'Down on Friday' });
  assert.deepEqual([changed['name'], changed['notice']], ['Staging', 'Down on Friday']);
  const seen = await nobody.object('GET', '/session', 200);
  assert.deepEqual([seen['name'], seen['notice'], seen['language']], ['Staging', 'Down on Friday', 'ru']);
  await owner.object('PATCH', '/settings', 200, { name: null });
  assert.equal((await owner.object('GET', '/settings', 200))['name'], null);
  for (const body of [{}, { name: '' }, { language: 'de' }, { colour: 'red' }]) {
    await owner.object('PATCH', '/settings', 400, body);
  }
  const { data } = await owner.object('GET', '/audit?action=setting.update', 200);
  assert.equal(Array.isArray(data) && data.length, 3);
});

test('the environment is told to owners of everything alone, without its secrets', async () => {
  const owner = await enterAs(server, await makeUser(server, 'p@x.org', 'owner'));
  const viewer = await enterAs(server, await makeUser(server, 'v@x.org', 'viewer'));
  const {
    environment,
    postgres,
    embedded,
    database_bytes: bytes,
  } = await owner.object('GET', '/settings', 200);
  assert.match(String(postgres), /^\d+/);
  assert.equal(embedded, true);
  assert.ok(Number(bytes) > 1_000_000);
  const shown = new Map(
    Array.isArray(environment) ? environment.map((one) => [Object(one)['name'], one]) : [],
  );
  assert.deepEqual(shown.get('MUSTER_MAX_ITEMS'), {
    name: 'MUSTER_MAX_ITEMS',
    value: '77',
    is_set: true,
    help: 'most profiles in one request',
  });
  assert.deepEqual(
    [Object(shown.get('MUSTER_TOKEN'))['value'], Object(shown.get('MUSTER_TOKEN'))['is_set']],
    [null, true],
  );
  assert.ok(!JSON.stringify(environment).includes(SECRET));
  await createAdminClient(server, await server.makeToken(['admin'], [1])).problem('PATCH', '/settings', 403, {
    name: 'mine',
  });
  assert.deepEqual((await viewer.object('GET', '/settings', 200))['environment'], []);
});
