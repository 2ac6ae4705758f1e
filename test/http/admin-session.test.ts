import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { createPasswords } from '../../src/accounts/index.ts';
import { isJsonObject, type JsonObject, ManualClock } from '../../src/base/index.ts';
import { Browser, enterAs, makeUser, PASSWORD } from './person.ts';
import { createTestServer, type TestServer } from './test-server.ts';

const DAY_MS = 86_400_000;
const clock = new ManualClock(new Date('2026-03-02T10:00:00Z'));
let server: TestServer;

before(async () => {
  server = await createTestServer({}, { clock });
});
beforeEach(async () => {
  await sql`truncate user_account, user_session, login_attempt, audit restart identity`.execute(
    server.deps.db,
  );
});
afterEach(() => assert.deepEqual(server.faults, []));
after(() => server.close());

function userOf(json: JsonObject): JsonObject {
  const { user } = json;
  assert.ok(isJsonObject(user));
  return user;
}

async function auditOf(): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`
    select concat_ws(' ', actor_kind, actor_id, action, object_kind || ':' || object_id, details::text) as line
    from audit order by id`.execute(server.deps.db);
  return rows.map(({ line }) => line);
}

test('the first owner is made once, by a full-rights token, and is logged in', async () => {
  const browser = new Browser(server);
  assert.deepEqual(await browser.object('GET', '/session', 200), {
    ...{ setup_needed: true, user: null, csrf_token: null, version: '0.0.0' },
    ...{ name: null, notice: null, language: null },
  });
  const owner = { email: 'Ann@Example.org', name: 'Ann', password: PASSWORD };
  for (const [rights, databases] of [
    [['read', 'import'], null],
    [['admin'], [1]],
  ] as const) {
    const secret = await server.makeToken([...rights], databases && [...databases]);
    await browser.object('POST', '/setup', 403, { ...owner, setup_token: secret });
  }
  await browser.object('POST', '/setup', 403, { ...owner, setup_token: 'none' });
  const setup_token = await server.makeToken(['admin']);
  await browser.object('POST', '/setup', 400, { ...owner, setup_token, password: 'too short' });
  await browser.object('POST', '/setup', 400, { ...owner, setup_token, email: 'no address' });

  const answers = await Promise.all(
    [1, 2, 3].map((nth) =>
      new Browser(server).send('POST', '/setup', { ...owner, setup_token, email: `a${nth}@example.org` }),
    ),
  );
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409]);
  const made = answers.find(({ status }) => status === 201);
  assert.ok(made !== undefined);
  assert.equal(userOf(made.json)['role'], 'owner');
  assert.match(made.cookie, /^muster_session=[\w-]{43}; Max-Age=7776000; Path=\/; HttpOnly; SameSite=Lax$/);
  browser.cookie = made.cookie.split(';')[0] ?? '';
  const state = await browser.object('GET', '/session', 200);
  assert.equal(state['setup_needed'], false);
  assert.equal(state['csrf_token'], made.json['csrf_token']);
  await browser.object('GET', '/users', 200);
  assert.deepEqual(await auditOf(), ['user 1 user.setup user:1 {}']);
});

test('a log-in opens a session, a log-out ends it, and tables hold neither password nor token', async () => {
  await makeUser(server, 'ann@example.org', 'editor');
  const browser = new Browser(server);
  const opened = await browser.send('POST', '/session', { email: ' ANN@example.org ', password: PASSWORD });
  assert.equal(opened.status, 200);
  assert.equal(userOf(opened.json)['last_login_at'], clock.now().toISOString());
  const { rows } = await sql<{ text: string }>`
    select concat(u::text, s::text) as text from user_account u, user_session s`.execute(server.deps.db);
  const token = browser.cookie.split('=')[1] ?? '';
  assert.equal(token.length, 43);
  for (const secret of [PASSWORD, token]) assert.ok(!rows[0]?.text.includes(secret));
  await browser.object('PATCH', '/session', 200, { language: 'ru' });
  const copy = browser.cookie;
  await browser.object('DELETE', '/session', 204);
  assert.equal(browser.cookie, 'muster_session=');
  browser.cookie = copy;
  await browser.object('GET', '/workflows', 401);
  assert.deepEqual(await auditOf(), [
    'user 1 session.log-in session:1 {}',
    'user 1 user.update user:1 {"keys": ["language"]}',
    'user 1 session.log-out session:1 {}',
  ]);
});

test('a wrong password, an unknown and a disabled user get the same answer', async () => {
  const { id } = await makeUser(server, 'ann@example.org', 'viewer');
  await sql`update user_account set disabled_at = now() where id = ${id}`.execute(server.deps.db);
  await makeUser(server, 'bob@example.org', 'viewer');
  const details = new Set();
  for (const [email, password] of [
    ['ann@example.org', PASSWORD],
    ['bob@example.org', `${PASSWORD} `],
    ['eve@example.org', PASSWORD],
  ]) {
    details.add((await new Browser(server).object('POST', '/session', 401, { email, password }))['detail']);
  }
  assert.deepEqual([...details], ['e-mail or password is wrong']);
  assert.deepEqual(await auditOf(), [
    'system session.log-in-failed session:1 {}',
    'system session.log-in-failed session:2 {}',
    'system session.log-in-failed {}',
  ]);
});

test('five failures of an e-mail block it, longer each time, and a success forgets them', async () => {
  await makeUser(server, 'ann@example.org', 'viewer');
  const browser = new Browser(server);
  const wrong = { email: 'Ann@Example.org', password: 'wrong' };
  const right = { email: 'ann@example.org', password: PASSWORD };
  // Side by side they count as well.
  const tried = await Promise.all([1, 2, 3, 4, 5, 6, 7].map(() => browser.send('POST', '/session', wrong)));
  assert.deepEqual(tried.map(({ status }) => status).sort(), [401, 401, 401, 401, 401, 429, 429]);
  for (const seconds of [30, 60, 120, 240, 480, 900, 900]) {
    const blocked = await browser.send('POST', '/session', right);
    assert.equal(blocked.status, 429);
    assert.equal(blocked.headers['retry-after'], String(seconds));
    clock.advance(seconds * 1000);
    await browser.object('POST', '/session', 401, wrong);
  }
  clock.advance(900_000);
  await browser.object('POST', '/session', 200, right);
  for (const _ of [1, 2, 3, 4]) await browser.object('POST', '/session', 401, wrong);
  await browser.object('POST', '/session', 200, right);
});

test('twenty failures of an address block it, whatever the e-mail; a day without any forgets them', async () => {
  await makeUser(server, 'ann@example.org', 'viewer');
  const browser = new Browser(server);
  const right = { email: 'ann@example.org', password: PASSWORD };
  for (let nth = 1; nth < 20; nth += 1) {
    await browser.object('POST', '/session', 401, { email: `u${nth}@x.org`, password: 'wrong' });
  }
  for (const _ of [1, 2, 3]) await browser.object('POST', '/session', 200, right);
  await browser.object('POST', '/session', 401, { email: 'last@x.org', password: 'wrong' });
  assert.equal((await browser.send('POST', '/session', right)).headers['retry-after'], '30');
  clock.advance(DAY_MS + 1000);
  await browser.object('POST', '/session', 401, { email: 'again@x.org', password: 'wrong' });
  await browser.object('POST', '/session', 200, right);
});

test('a changing request by cookie needs the CSRF token and a page of this server', async () => {
  const browser = await enterAs(server, await makeUser(server, 'ann@example.org', 'owner'));
  const { csrf } = browser;
  const body = { name: 'Ann' };
  for (const bad of ['', 'x', `${csrf}x`, csrf.toUpperCase()]) {
    browser.csrf = bad;
    await browser.object('PATCH', '/session', 403, body);
  }
  browser.csrf = csrf;
  for (const origin of ['http://evil.example', 'null', 'nonsense', 'http://localhost:81']) {
    browser.headers['origin'] = origin;
    await browser.object('PATCH', '/session', 403, body);
    await browser.object('POST', '/session', 403, { email: 'ann@example.org', password: PASSWORD });
  }
  browser.headers['origin'] = 'http://localhost:80';
  await browser.object('PATCH', '/session', 200, body);
});

test('behind https the cookie is Secure, and only a trusted proxy says who and how', async () => {
  const right = { email: 'ann@example.org', password: PASSWORD };
  const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' };
  for (const [config, isSecure, ip] of [
    [{}, false, '127.0.0.1'],
    [{ publicUrl: 'https://muster.example' }, true, '127.0.0.1'],
    [{ trustedProxies: '127.0.0.1' }, true, '203.0.113.7'],
    [{ trustedProxies: '10.0.0.0/8' }, false, '127.0.0.1'],
  ] as const) {
    const other = await createTestServer(config, { clock });
    try {
      await makeUser(other, right.email, 'viewer');
      const browser = new Browser(other);
      Object.assign(browser.headers, headers);
      const { cookie } = await browser.send('POST', '/session', right);
      assert.equal(cookie.includes('Secure'), isSecure, JSON.stringify(config));
      const { rows } = await sql<{ ip: string }>`select ip from user_session`.execute(other.deps.db);
      assert.deepEqual(rows, [{ ip }]);
    } finally {
      await other.close();
    }
  }
});

test('a session ends after 14 days without use, and after 90 in any case', async () => {
  const user = await makeUser(server, 'ann@example.org', 'viewer');
  const idle = await enterAs(server, user);
  const used = await enterAs(server, user);
  for (let day = 0; day < 84; day += 12) {
    clock.advance(12 * DAY_MS);
    await used.object('GET', '/workflows', 200);
  }
  await idle.object('GET', '/workflows', 401);
  clock.advance(6 * DAY_MS - 1);
  await used.object('GET', '/workflows', 200);
  clock.advance(1);
  await used.object('GET', '/workflows', 401);
});

test('a new password of one’s own ends all other sessions', async () => {
  const user = await makeUser(server, 'ann@example.org', 'viewer');
  const [here, there] = [await enterAs(server, user), await enterAs(server, user)];
  await here.object('POST', '/session/password', 400, { current: 'wrong', new: 'another password' });
  await here.object('POST', '/session/password', 400, { current: PASSWORD, new: 'short' });
  await there.object('GET', '/workflows', 200);
  await here.object('POST', '/session/password', 200, { current: PASSWORD, new: 'another password' });
  await here.object('GET', '/workflows', 200);
  await there.object('GET', '/workflows', 401);
  await there.object('POST', '/session', 401, { email: 'ann@example.org', password: PASSWORD });
  await there.object('POST', '/session', 200, { email: 'ann@example.org', password: 'another password' });
});

test('a password that was hashed with less is hashed anew at the next log-in', async () => {
  const { db } = server.deps;
  const user = await makeUser(server, 'ann@example.org', 'viewer');
  const weak = await createPasswords(3).hash(PASSWORD);
  await sql`update user_account set password_hash = ${weak} where id = ${user.id}`.execute(db);
  for (const _ of [1, 2]) {
    const login = { email: 'ann@example.org', password: PASSWORD };
    await new Browser(server).object('POST', '/session', 200, login);
    const { rows } = await sql<{ start: string }>`
      select left(password_hash, 9) as start from user_account where id = ${user.id}`.execute(db);
    assert.deepEqual(rows, [{ start: 'scrypt$4$' }]);
  }
});
