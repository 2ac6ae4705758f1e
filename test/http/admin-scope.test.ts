import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  ManualClock,
  parseJson,
} from '../../src/base/index.ts';
import { createTestServer, type TestServer } from './test-server.ts';

const NOW = '2026-03-02T10:00:00.000Z';
let server: TestServer;
let admin: string;
/** An administrator of database 1 alone. */
let bound: string;

before(async () => {
  server = await createTestServer({}, { clock: new ManualClock(new Date(NOW)) });
  admin = await server.makeToken(['admin']);
  bound = await server.makeToken(['admin'], [1]);
  for (const name of ['First', 'Second']) await send('POST', '/databases', { name });
});
after(() => server.close());

interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly json: JsonValue;
}

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

async function send(method: Method, path: string, body?: unknown, secret = admin): Promise<Answer> {
  const answer = await server.app.inject({
    method,
    url: `/api/admin${path}`,
    headers: {
      authorization: `Bearer ${secret}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const type = answer.headers['content-type']?.toString();
  return { status: answer.statusCode, type, json: answer.body === '' ? null : parseJson(answer.body) };
}

/** Checks that the answer is a problem, and returns its errors as `path: message`. */
function problemOf(answer: Answer, status: number): { detail: JsonValue | undefined; errors: string[] } {
  assert.equal(answer.status, status, JSON.stringify(answer));
  assert.equal(answer.type, 'application/problem+json; charset=utf-8');
  assert.ok(isJsonObject(answer.json));
  assert.equal(answer.json['status'], status);
  assert.equal(answer.json['type'], 'about:blank');
  assert.match(String(answer.json['instance']), /^[0-9a-f-]{36}$/);
  const errors = answer.json['errors'];
  return {
    detail: answer.json['detail'],
    errors: (Array.isArray(errors) ? errors : []).map((error) =>
      isJsonObject(error) ? `${error['path']}: ${error['message']}` : 'no object',
    ),
  };
}

function objectOf(answer: Answer, status: number): JsonObject {
  assert.equal(answer.status, status, JSON.stringify(answer));
  assert.ok(isJsonObject(answer.json));
  return answer.json;
}

test('only a token with the right admin may enter, by header or address', async () => {
  const importer = await server.makeToken(['import', 'read']);
  const url = '/api/admin/databases';
  const refused = await server.app.inject({ method: 'GET', url });
  assert.equal(refused.statusCode, 401);
  assert.equal(refused.headers['www-authenticate'], 'Bearer');
  problemOf(await send('GET', '/databases', undefined, 'wrong'), 401);
  problemOf(await send('GET', '/databases', undefined, importer), 403);
  assert.equal((await server.app.inject({ method: 'GET', url: `${url}?token=${admin}` })).statusCode, 200);
  problemOf(await send('GET', '/nothing'), 404);
  problemOf(await send('PUT', '/databases/1'), 404);
});

test('a body is checked by its schema, and every fault names its key', async () => {
  const cases: [Method, string, unknown, string[]][] = [
    ['POST', '/databases', {}, ['name: is missing']],
    ['POST', '/databases', { name: 'x', unique: 1 }, ['unique: is unknown']],
    [
      'POST',
      '/databases',
      { name: 'x', unknown_fields: 'keep' },
      ['unknown_fields: expected one of reject, ignore, create'],
    ],
    ['POST', '/databases', { name: 5 }, ['name: must be string']],
    ['PATCH', '/databases/1', { unknownFields: 'create' }, ['unknownFields: is unknown']],
    ['POST', '/workflows', { name: 'w', definition: {} }, ['database_id: is missing']],
    [
      'POST',
      '/workflows',
      { name: 'w', database_id: '1', definition: [] },
      ['database_id: must be integer', 'definition: must be object'],
    ],
    [
      'POST',
      '/tokens',
      { name: 't', rights: ['import', 'root'] },
      ['rights[1]: expected one of import, read, admin'],
    ],
    ['GET', '/workflows?limt=5', undefined, ['limt: is unknown']],
    ['GET', '/workflows?limit=many', undefined, ['limit: must be integer']],
    ['GET', '/workflows/none', undefined, ['id: must be integer']],
    ['GET', '/profiles', undefined, ['database_id: is missing']],
    ['GET', '/profiles?database_id=1&field=email', undefined, ['value: expected together with field']],
  ];
  for (const [method, path, body, expected] of cases) {
    assert.deepEqual(problemOf(await send(method, path, body), 400).errors, expected, `${method} ${path}`);
  }
  const broken = problemOf(await send('POST', '/databases', '{"name":'), 400);
  assert.equal(broken.detail, 'body: not valid JSON, it breaks off at line 1, column 9');
  problemOf(await send('POST', '/databases', '[]'), 400);
  problemOf(await send('POST', '/databases'), 400);
  const form = await server.app.inject({
    method: 'POST',
    url: `/api/admin/databases?token=${admin}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'name=x',
  });
  assert.equal(form.statusCode, 415);
});

test('databases are made, changed, and seen by those who may', async () => {
  const made = objectOf(await send('POST', '/databases', { name: 'Third', unknown_fields: 'create' }), 201);
  assert.deepEqual(made, {
    id: 3,
    name: 'Third',
    unknown_fields: 'create',
    phone_country: made['phone_country'] ?? '',
    sex_numbers: made['sex_numbers'] ?? '',
    unique_email: false,
    created_at: NOW,
  });
  const changed = objectOf(await send('PATCH', '/databases/3', { unknown_fields: 'ignore' }), 200);
  assert.deepEqual(changed, { ...made, unknown_fields: 'ignore' });
  assert.deepEqual(objectOf(await send('GET', '/databases/3'), 200), changed);
  assert.equal(objectOf(await send('GET', '/databases'), 200)['total'], 3);

  const seen = objectOf(await send('GET', '/databases', undefined, bound), 200);
  assert.equal(seen['total'], 1);
  for (const [method, path, body] of [
    ['GET', '/databases/2', undefined],
    ['GET', '/databases/99', undefined],
    ['PATCH', '/databases/2', { name: 'Mine' }],
    ['GET', '/databases/2/fields', undefined],
    ['POST', '/databases/2/fields', { name: 'f', type: 'int' }],
    ['GET', '/profiles?database_id=2', undefined],
    ['GET', '/tasks?database_id=2', undefined],
    ['GET', '/workflows?database_id=2', undefined],
    ['POST', '/workflows', { name: 'w', database_id: 2, definition: {} }],
  ] as const) {
    problemOf(await send(method, path, body, bound), 404);
  }
  problemOf(await send('POST', '/databases', { name: 'Mine' }, bound), 403);
});

test('fields are added and listed', async () => {
  const field = objectOf(
    await send('POST', '/databases/1/fields', { name: 'Tier', type: 'enum', options: ['a', 'b'] }, bound),
    201,
  );
  const expected = {
    id: field['id'] ?? 0,
    name: 'Tier',
    type: 'enum',
    options: ['a', 'b'],
    match: false,
    indexed: false,
    unique: false,
    required: false,
    build: null,
  };
  assert.deepEqual(field, { ...expected, created_at: NOW });
  problemOf(await send('POST', '/databases/1/fields', { name: 'Tier', type: 'int' }), 409);
  assert.deepEqual(objectOf(await send('GET', '/databases/1/fields'), 200), { data: [field], total: 1 });
  problemOf(await send('POST', '/databases/99/fields', { name: 'x', type: 'int' }), 404);
});

test('workflows are made as drafts, listed by pages, and refused with all their faults', async () => {
  const definition = { nodes: [{ id: 's', type: 'start', name: 'Default', next: 'nowhere' }] };
  const ids: JsonValue[] = [];
  for (const databaseId of [1, 2, 1]) {
    const body = { name: `of ${databaseId}`, database_id: databaseId, definition };
    const made = objectOf(await send('POST', '/workflows', body), 201);
    assert.deepEqual(made, {
      id: made['id'] ?? 0,
      ...body,
      reentry: 'never',
      active: false,
      paused_at: null,
      published_version: null,
      created_at: NOW,
      updated_at: NOW,
    });
    ids.push(made['id'] ?? null);
  }
  const [first, second, third] = ids;
  const page = objectOf(await send('GET', '/workflows?limit=1', undefined, bound), 200);
  assert.equal(page['total'], 2);
  assert.equal(page['next_from_id'], third);
  const rest = objectOf(await send('GET', `/workflows?from_id=${third}&database_id=1`), 200);
  assert.equal(rest['next_from_id'], null);
  assert.ok(Array.isArray(rest['data']) && rest['data'].length === 1);

  const renamed = objectOf(await send('PATCH', `/workflows/${first}`, { name: 'New', reentry: 'each' }), 200);
  assert.equal(renamed['name'], 'New');
  assert.equal(renamed['reentry'], 'each');
  assert.deepEqual(renamed['definition'], definition);

  problemOf(await send('POST', `/workflows/${first}/activate`), 409);
  assert.notEqual(problemOf(await send('POST', `/workflows/${first}/publish`), 400).errors.length, 0);
  assert.deepEqual(objectOf(await send('GET', `/workflows/${first}/counts`), 200), { data: [] });
  for (const action of ['publish', 'activate', 'deactivate']) {
    problemOf(await send('POST', `/workflows/${second}/${action}`, undefined, bound), 404);
    problemOf(await send('POST', `/workflows/9999/${action}`), 404);
  }
  problemOf(await send('GET', `/workflows/${second}/counts`, undefined, bound), 404);
  problemOf(await send('PATCH', `/workflows/${second}`, { name: 'Mine' }, bound), 404);
});

test('a token shows its secret once, reaches no further than its maker’s, and can be revoked', async () => {
  const made = objectOf(
    await send('POST', '/tokens', { name: 'crm', rights: ['import'], database_ids: [1] }, bound),
    201,
  );
  const { token: secret, ...listed } = made;
  assert.match(String(secret), /^[0-9a-f]{32}$/);
  assert.deepEqual(listed, {
    id: made['id'] ?? 0,
    name: 'crm',
    rights: ['import'],
    database_ids: [1],
    created_at: NOW,
    revoked_at: null,
  });
  const list = await send('GET', '/tokens', undefined, bound);
  assert.doesNotMatch(JSON.stringify(list.json), new RegExp(String(secret)));
  const { data } = objectOf(list, 200);
  assert.ok(Array.isArray(data));
  assert.deepEqual(
    data.map((token) => isJsonObject(token) && token['name']),
    ['test', 'crm'],
  );
  for (const databaseIds of [null, [2], [1, 2]]) {
    const body = { name: 'more', rights: ['admin'], database_ids: databaseIds };
    problemOf(await send('POST', '/tokens', body, bound), 403);
  }
  problemOf(await send('POST', '/tokens', { name: 'x', rights: ['read'], database_ids: [99] }), 400);

  problemOf(await send('DELETE', '/tokens/1', undefined, bound), 404);
  problemOf(await send('DELETE', '/tokens/9999'), 404);
  const body = { token: secret, task_id: '' };
  assert.equal((await server.post('/api/v1.1/tasks/status', body)).json['error'], 404);
  assert.equal((await send('DELETE', `/tokens/${made['id']}`, undefined, bound)).status, 204);
  assert.equal((await server.post('/api/v1.1/tasks/status', body)).json['error'], 401);
});

test('profiles and tasks that are not there are a 404', async () => {
  problemOf(await send('GET', `/profiles/${'0'.repeat(24)}?database_id=1`), 404);
  problemOf(await send('GET', '/tasks/30421978-7f6d-4f39-913f-fb6cad8e2477'), 404);
  problemOf(await send('GET', '/tasks/none'), 400);
  assert.deepEqual(objectOf(await send('GET', '/tasks'), 200), { data: [], next_after: null });
  assert.deepEqual(objectOf(await send('GET', '/profiles?database_id=1'), 200), {
    data: [],
    next_after: null,
  });
  assert.deepEqual(server.faults, []);
});

test('a type without a body is a request without one, and is told what is missing where one is needed', async () => {
  const nodes = [{ id: 'start', type: 'start', name: 'Default' }];
  const body = { name: 'Bare', database_id: 1, definition: { nodes } };
  const made = await send('POST', '/workflows', body);
  assert.ok(isJsonObject(made.json));
  assert.equal((await send('POST', `/workflows/${made.json['id']}/publish`, '')).status, 200);
  const { detail } = problemOf(await send('POST', '/databases', ''), 400);
  assert.equal(detail, 'body: expected a JSON object');
  problemOf(await send('POST', '/databases', ' '), 400);
});
