import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { isJsonObject, ManualClock } from '../../src/base/index.ts';
import { Browser, enterAs, makeUser, PASSWORD } from './person.ts';
import { createTestServer, type TestServer } from './test-server.ts';

const clock = new ManualClock(new Date('2026-03-02T10:00:00Z'));
let server: TestServer;
let owner: Browser;

before(async () => {
  server = await createTestServer({}, { clock });
});
beforeEach(async () => {
  await sql`truncate user_account, user_session, login_attempt, audit restart identity`.execute(
    server.deps.db,
  );
  owner = await enterAs(server, await makeUser(server, 'ann@example.org', 'owner'));
});
afterEach(() => assert.deepEqual(server.faults, []));
after(() => server.close());

test('an owner makes users, with a password of theirs or one that is shown once', async () => {
  const made = await owner.object('POST', '/users', 201, { email: 'Bob@x.org', name: 'Bob', role: 'editor' });
  const { password } = made;
  assert.match(String(password), /^[\w-]{22}$/);
  assert.deepEqual(made, {
    ...{ id: 2, email: 'bob@x.org', name: 'Bob', role: 'editor', language: null, disabled_at: null },
    ...{ created_at: clock.now().toISOString(), updated_at: clock.now().toISOString(), last_login_at: null },
    password,
  });
  await new Browser(server).object('POST', '/session', 200, { email: 'bob@x.org', password });
  const taken = { email: 'BOB@X.ORG', name: 'B', role: 'viewer', password: PASSWORD };
  await owner.object('POST', '/users', 409, taken);
  const given = await owner.object('POST', '/users', 201, { ...taken, email: 'eve@x.org' });
  assert.equal(Object.hasOwn(given, 'password'), false);
  assert.equal((await owner.object('GET', '/users', 200))['total'], 3);
  assert.deepEqual(await owner.object('GET', `/users/${given['id']}`, 200), given);
  await owner.object('GET', '/users/99', 404);
  for (const body of [
    { role: 'god' },
    { email: 'none' },
    { password: 'short' },
    { password: 'x'.repeat(201) },
  ]) {
    await owner.object('POST', '/users', 400, { ...taken, email: 'f@x.org', ...body });
  }
});

test('sessions end when a user is disabled, gets another role or another password, and not by another name', async () => {
  const user = await makeUser(server, 'bob@x.org', 'editor');
  for (const [change, status] of [
    [{ name: 'Robert', role: 'editor', disabled: false }, 200],
    [{ role: 'viewer' }, 401],
    [{ password: 'another password' }, 401],
    [{ password: null }, 401],
    [{ disabled: true }, 401],
  ] as const) {
    const browser = await enterAs(server, user);
    await owner.object('PATCH', `/users/${user.id}`, 200, change);
    await browser.object('GET', '/workflows', status);
  }
  const login = {
    email: 'bob@x.org',
    password: (await owner.object('PATCH', '/users/2', 200, { password: null }))['password'],
  };
  await new Browser(server).object('POST', '/session', 401, login);
  await owner.object('PATCH', '/users/2', 200, { disabled: false });
  const browser = new Browser(server);
  await browser.object('POST', '/session', 200, login);
  await owner.object('DELETE', '/users/2', 204);
  await browser.object('GET', '/workflows', 401);
  await owner.object('DELETE', '/users/2', 404);
});

test('the last active owner stays, also when two go at once', async () => {
  for (const change of [{ role: 'editor' }, { disabled: true }]) {
    await owner.object('PATCH', '/users/1', 409, change);
  }
  await owner.object('DELETE', '/users/1', 409);
  await makeUser(server, 'off@x.org', 'owner');
  await owner.object('PATCH', '/users/2', 200, { disabled: true });
  await owner.object('DELETE', '/users/1', 409);
  await owner.object('PATCH', '/users/2', 200, { disabled: false });
  const token = await server.makeToken(['admin']);
  const statuses = await Promise.all(
    [1, 2].map(async (id) => {
      const headers = { authorization: `Bearer ${token}` };
      return (await server.app.inject({ method: 'DELETE', url: `/api/admin/users/${id}`, headers }))
        .statusCode;
    }),
  );
  assert.deepEqual(statuses.sort(), [204, 409]);
});

async function auditLines(query = ''): Promise<string[]> {
  const { data } = await owner.object('GET', `/audit${query}`, 200);
  assert.ok(Array.isArray(data));
  return data.map((entry) => {
    assert.ok(isJsonObject(entry));
    const { actor, action, object, database_id: database, details } = entry;
    assert.ok(isJsonObject(actor) && isJsonObject(object));
    const told = `${actor['kind']}:${actor['id']} ${action} ${object['kind']}:${object['id']} ${object['name']}`;
    return `${told} ${database} ${JSON.stringify(details)}`;
  });
}

test('every change leaves one entry, with names of keys and no values; looking and refusals leave none', async () => {
  await owner.object('POST', '/databases', 201, { name: 'D' });
  await owner.object('POST', '/databases/1/fields', 201, { name: 'city', type: 'string' });
  await owner.object('PATCH', '/databases/1', 200, { name: 'E', unknown_fields: 'ignore' });
  await owner.object('POST', '/databases', 400, {});
  await owner.object('GET', '/databases', 200);
  const secret = 'not-to-be-seen';
  const hook = { name: 'H', url: 'http://127.0.0.1:9/', events: ['send'], secret };
  await owner.object('POST', '/users', 201, {
    email: 'bob@x.org',
    name: 'B',
    role: 'viewer',
    password: secret,
  });
  await owner.object('PATCH', '/users/2', 200, { password: null });
  await owner.send('POST', '/hooks', hook);
  await owner.object('POST', '/workflows', 201, { name: 'W', database_id: 1, definition: { nodes: [] } });
  await owner.object('POST', '/workflows/1/deactivate', 200);
  await owner.object('POST', '/templates/preview', 200, { channel: 'sms', text: 'x' });
  await owner.object('DELETE', '/users/2', 204);
  const lines = await auditLines();
  assert.deepEqual(lines.filter((line) => !line.includes('hook.')).reverse(), [
    'user:1 database.create database:1 D 1 {"keys":["name"]}',
    'user:1 field.create field:1 city 1 {"keys":["name","type"]}',
    'user:1 database.update database:1 E 1 {"keys":["name","unknown_fields"]}',
    'user:1 user.create user:2 B null {"keys":["email","name","role","password"]}',
    'user:1 user.update user:2 B null {"keys":["password"]}',
    'user:1 workflow.create workflow:1 W 1 {"keys":["name","database_id","definition"]}',
    'user:1 workflow.deactivate workflow:1 W 1 {}',
    'user:1 user.delete user:2 null null {}',
  ]);
  const { rows } = await sql<{ text: string }>`select string_agg(a::text, ' ') as text from audit a`.execute(
    server.deps.db,
  );
  assert.ok(!rows[0]?.text.includes(secret));
  assert.deepEqual(await auditLines('?action=workflow&limit=1'), [lines[1]]);
  assert.deepEqual(await auditLines('?action=workflow.create&actor=user:1'), [lines[2]]);
  assert.deepEqual(await auditLines('?object=user:2&actor=user'), [
    lines[0],
    ...lines.filter((line) => /user\.(update|create)/.test(line)),
  ]);
  assert.deepEqual(await auditLines('?actor=token:1'), []);
  const page = await owner.object('GET', '/audit?limit=3', 200);
  assert.deepEqual(await auditLines(`?after=${page['next_after']}`), lines.slice(3));
});
