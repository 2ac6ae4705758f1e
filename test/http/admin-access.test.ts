import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Role } from '../../src/accounts/index.ts';
import { ManualClock } from '../../src/base/index.ts';
import { enterAs, makeUser } from './person.ts';
import { createTestServer, type TestServer } from './test-server.ts';

/** Routes that are not what their method says: GET for viewers, others for editors. */
const anybody = new Set(['GET /session', 'POST /session', 'POST /setup']);
const owners = new Set([
  'GET /tokens',
  'POST /tokens',
  'DELETE /tokens/:id',
  'GET /users',
  'POST /users',
  'GET /users/:id',
  'PATCH /users/:id',
  'DELETE /users/:id',
  'GET /audit',
  'PATCH /settings',
  'POST /hooks/:id/rotate_secret',
]);
const people = new Set(['DELETE /session', 'PATCH /session', 'POST /session/password']);
const viewers = new Set([
  ...people,
  'POST /templates/preview',
  'POST /templates/:id/preview',
  'POST /databases/:id/explain',
  'POST /workflows/check',
  'POST /databases/:id/count',
]);
/** What a token that is bound to a database may not do, whatever else the request says. */
const unbound = new Set([
  ...[...owners].filter((route) => /users|audit|settings/.test(route)),
  'GET /budgets',
  'PATCH /senders/:id',
  'DELETE /senders/:id',
  'POST /senders/verify',
  'POST /senders/:id/verify',
]);

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const roles = ['owner', 'editor', 'viewer'] as const;
type Caller = 'nobody' | 'reader' | 'bound' | Role;
const callers: readonly Caller[] = ['nobody', 'reader', 'bound', ...roles];

function refusalOf(route: string, caller: Caller): 401 | 403 | undefined {
  if (anybody.has(route)) return undefined;
  if (caller === 'nobody') return 401;
  if (caller === 'reader') return 403;
  if (caller === 'bound') return unbound.has(route) || people.has(route) ? 403 : undefined;
  let needed: Role = /^(GET|HEAD) /.test(route) ? 'viewer' : 'editor';
  if (owners.has(route.replace('HEAD ', 'GET '))) needed = 'owner';
  if (viewers.has(route)) needed = 'viewer';
  return roles.indexOf(caller) <= roles.indexOf(needed) ? undefined : 403;
}

let server: TestServer;
before(async () => {
  server = await createTestServer({}, { clock: new ManualClock(new Date('2026-03-02T10:00:00Z')) });
});
after(() => server.close());

/** Parameters that name nothing, and are spelled well. */
function fill(url: string): string {
  const ids = [
    [/\/(runs|messages|calls)\/:id/, '/$1/000000000000000000000000'],
    [/\/tasks\/:id/, '/tasks/00000000-0000-4000-8000-000000000000'],
    [/\/profiles\/:id/, '/profiles/000000000000000000000000'],
    // An answer that would not end; whoever is let in is told that the limit is none.
    [/\/tasks\/stream$/, '/tasks/stream?limit=0'],
  ] as const;
  const named = ids.reduce((path, [pattern, text]) => path.replace(pattern, text), url);
  return named.replace(/:\w+/g, '999999');
}

test('every route of /api/admin lets in whom it declares, and a new one falls under the rule', async () => {
  const users = new Map<string, Awaited<ReturnType<typeof makeUser>>>();
  for (const role of roles) users.set(role, await makeUser(server, `${role}@x.org`, role));
  const tokens = new Map([
    ['reader', await server.makeToken(['import', 'read'])],
    ['bound', await server.makeToken(['admin'], [1])],
  ]);
  const routes = server.routes
    .filter((route) => route.includes(' /api/admin/') && !route.startsWith('HEAD') && !route.endsWith('*'))
    .map((route) => route.replace('/api/admin', ''));
  assert.ok(routes.length > 80, `${routes.length} routes`);
  for (const named of [...anybody, ...owners, ...viewers, ...unbound]) {
    assert.ok(routes.includes(named), `there is no route ${named}`);
  }
  const wrong: string[] = [];
  for (const route of routes) {
    const url = route.split(' ')[1] ?? '';
    const method = methods.find((one) => route.startsWith(one)) ?? 'POST';
    for (const caller of callers) {
      const user = users.get(caller);
      const browser = user && (await enterAs(server, user));
      const token = tokens.get(caller);
      const { statusCode } = await server.app.inject({
        method,
        url: `/api/admin${fill(url)}`,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(browser === undefined ? {} : { cookie: browser.cookie, 'x-csrf-token': browser.csrf }),
          ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
        },
        ...(method === 'GET' ? {} : { payload: '{}' }),
      });
      const expected = refusalOf(route, caller);
      const isRefused = statusCode === 401 || statusCode === 403;
      if (isRefused ? statusCode !== expected : expected !== undefined || statusCode >= 500) {
        wrong.push(`${route} by ${caller}: ${statusCode}, not ${expected ?? 'let in'}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(server.faults, []);
});

test('imports and events take a session as well, by its role; /api/v1.1 does not', async () => {
  const cases: [Role, 'GET' | 'POST', string, number][] = [
    ['viewer', 'GET', '/api/events', 200],
    ['viewer', 'POST', '/api/events', 403],
    ['viewer', 'POST', '/api/imports', 403],
    ['editor', 'POST', '/api/events', 400],
    ['editor', 'POST', '/api/imports?db_id=999999', 404],
    ['owner', 'POST', '/api/imports?db_id=999999', 404],
  ];
  for (const [role, method, path, status] of cases) {
    const browser = await enterAs(server, await makeUser(server, `${role}.${path}${method}@y.org`, role));
    await browser.object(method, path, status, method === 'POST' && path === '/api/events' ? {} : undefined);
    if (method === 'GET') continue;
    browser.csrf = '';
    await browser.object(method, path, 403, path === '/api/events' ? {} : undefined);
  }
  const owner = await enterAs(server, await makeUser(server, 'v@y.org', 'owner'));
  assert.equal((await owner.object('POST', '/api/v1.1/databases/list', 200, {}))['error'], 401);
});
