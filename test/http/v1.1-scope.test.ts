import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { createTestServer, type TestServer } from './test-server.ts';

const STATUS = '/api/v1.1/tasks/status';
const UNKNOWN_TASK = '30421978-7f6d-4f39-913f-fb6cad8e2477';
let server: TestServer;
let token: string;

before(async () => {
  server = await createTestServer();
  token = await server.makeToken(['import', 'read']);
});
after(() => server.close());

function failure(error: number, debug: string, text: string): string {
  return JSON.stringify({ error, error_debug: debug, error_text: text });
}

const noSuchTask = failure(404, 'task_id: there is no such task', 'Not found');

test('the four spellings of a path are the same path', async () => {
  for (const url of [
    '/api/v1.1/tasks/status',
    '/api/v1.1/tasks/status/',
    '/api/v1.1//tasks/status',
    '/api/v1.1//tasks/status/',
  ]) {
    const answer = await server.post(url, { token, task_id: UNKNOWN_TASK });
    assert.equal(answer.text, noSuchTask, url);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
  }
});

test('a token is taken from the body, the header, or the address', async () => {
  const missing = 'token: missing; expected in the body, in the header Authorization: Bearer, or as ?token=';
  const task = { task_id: UNKNOWN_TASK };
  const cases: [string, object, Record<string, string>, string][] = [
    [STATUS, { ...task, token }, {}, noSuchTask],
    [STATUS, task, { authorization: `Bearer ${token}` }, noSuchTask],
    [STATUS, task, { authorization: `bearer ${token}` }, noSuchTask],
    [`${STATUS}?token=${token}`, task, {}, noSuchTask],
    [`${STATUS}?token=${token}`, { ...task, token: '' }, {}, noSuchTask],
    [STATUS, { ...task, token }, { authorization: 'Bearer wrong' }, noSuchTask],
    [STATUS, task, {}, failure(401, missing, 'API token required')],
    [STATUS, task, { authorization: `Basic ${token}` }, failure(401, missing, 'API token required')],
    [
      STATUS,
      { ...task, token: 'wrong' },
      {},
      failure(401, 'token: unknown or revoked', 'API token required'),
    ],
    [
      STATUS,
      { ...task, token: 'a\u0000b' },
      {},
      failure(401, 'token: unknown or revoked', 'API token required'),
    ],
    [STATUS, { ...task, token: 5 }, {}, failure(401, 'token: expected a string', 'API token required')],
  ];
  for (const [url, body, headers, expected] of cases) {
    assert.equal(
      (await server.post(url, body, headers)).text,
      expected,
      JSON.stringify([url, body, headers]),
    );
  }
});

test('a token needs one of the rights of the method', async () => {
  const reader = await server.makeToken(['read']);
  const admin = await server.makeToken(['admin']);
  const url = '/api/v1.1/workflows/import_and_start_batch_task';
  const refused = failure(403, 'token: does not have the right import', 'No access');
  assert.equal((await server.post(url, { token: reader })).text, refused);
  assert.equal((await server.post(url, { token: admin })).json['error'], 400);
  assert.equal((await server.post(STATUS, { token: reader, task_id: 'x' })).text, noSuchTask);
});

test('tasks/status tells apart what is no id and what is none of its ids', async () => {
  const cases: [object, string][] = [
    [{}, failure(400, 'task_id: expected the id of a task, a string', 'Invalid request')],
    [{ task_id: 7 }, failure(400, 'task_id: expected the id of a task, a string', 'Invalid request')],
    [{ task_id: null }, failure(400, 'task_id: expected the id of a task, a string', 'Invalid request')],
    [{ task_id: 'task_b2f9fk6a-2479-4a63-b592-f15d4e3b69c5' }, noSuchTask],
    [{ task_id: '' }, noSuchTask],
    [{ task_id: 'a\u0000b' }, noSuchTask],
    [
      { task_id: UNKNOWN_TASK, result_from: -1 },
      failure(400, 'result_from: expected a whole number of at least 0', 'Invalid request'),
    ],
    [
      { task_id: UNKNOWN_TASK, result_limit: '5' },
      failure(400, 'result_limit: expected a whole number of at least 0', 'Invalid request'),
    ],
  ];
  for (const [body, expected] of cases) {
    assert.equal((await server.post(STATUS, { token, ...body })).text, expected, JSON.stringify(body));
  }
});

test('any content type but XML, and none, is tried as JSON', async () => {
  const body = JSON.stringify({ token, task_id: UNKNOWN_TASK });
  for (const type of ['application/json; charset=utf-8', 'text/plain', 'application/x-www-form-urlencoded']) {
    assert.equal(
      (await server.post(STATUS, ` \n${body}\r\n`, { 'content-type': type })).text,
      noSuchTask,
      type,
    );
  }
  const untyped = await server.app.inject({ method: 'POST', url: STATUS, payload: Buffer.from(body) });
  assert.equal(untyped.body, noSuchTask);
  const noTable = failure(400, 'format: the answer is no table; expected json or xml', 'Invalid request');
  assert.equal((await server.post(STATUS, { token, format: 'csv' })).text, noTable);
  assert.equal((await server.post(`${STATUS}?format=csv`, { token })).text, noTable);
  assert.equal((await server.post(STATUS, { token, format: 'json', task_id: '' })).text, noSuchTask);
  assert.equal(
    (await server.post(STATUS, { token, format: 5 })).text,
    failure(400, 'format: expected json or xml', 'Invalid request'),
  );
  assert.equal((await server.post(STATUS, body, { 'content-type': 'nonsense' })).json['error'], 400);
  assert.equal(
    (await server.post(STATUS, body, { 'content-encoding': 'gzip' })).text,
    failure(400, 'http: a compressed body is not understood', 'Invalid request'),
  );
});

test('what is no JSON object is refused before the token is looked at', async () => {
  const answer = await server.post(STATUS, `{"token":"${token}",}`);
  assert.equal(answer.json['error'], 400);
  assert.equal(answer.json['error_text'], 'Invalid request');
  assert.match(
    String(answer.json['error_debug']),
    /^body: not valid JSON, unexpected text at line 1, column \d+$/,
  );
  const empty = failure(400, 'body: empty, expected a JSON object', 'Invalid request');
  assert.equal((await server.app.inject({ method: 'POST', url: STATUS })).body, empty);
  assert.equal((await server.post(STATUS, '')).text, empty);
  assert.equal(
    (await server.post(STATUS, '[]')).text,
    failure(400, 'body: expected a JSON object, found a list', 'Invalid request'),
  );
});

test('unknown paths and methods are answered in the envelope', async () => {
  const unknown = failure(404, 'http: there is no such path', 'Not found');
  for (const url of [
    '/api/v1.1/nothing',
    '/api/v1.1//nothing/',
    '/api//v1.1/nothing',
    '/api/v1.1',
    '/api/v1.1/%zz',
  ]) {
    const answer = await server.post(url, 'not json');
    assert.equal(answer.text, unknown, url);
    assert.equal(answer.status, 200);
    assert.match(String(answer.headers['x-request-id']), /^[0-9a-f-]{36}$/);
  }
  for (const method of ['GET', 'PUT', 'DELETE'] as const) {
    const answer = await server.app.inject({ method, url: '/api/v1.1//tasks/status/?token=x' });
    assert.equal(
      answer.body,
      failure(404, `http: ${method} is not possible here, POST is expected`, 'Not found'),
    );
    assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
  }
});

test('every answer has a request id, which is never the caller’s', async () => {
  const first = await server.post(STATUS, { token }, { 'x-request-id': 'mine' });
  const second = await server.post(STATUS, { token });
  assert.match(String(first.headers['x-request-id']), /^[0-9a-f-]{36}$/);
  assert.notEqual(first.headers['x-request-id'], second.headers['x-request-id']);
});

test('the status follows the error when the operator asks for it', async () => {
  const mirror = await createTestServer({ mirrorHttpStatus: true });
  const reader = await mirror.makeToken(['read']);
  const statuses = [];
  for (const [url, body] of [
    [STATUS, '{'],
    [STATUS, {}],
    ['/api/v1.1/workflows/import_and_start_batch_task', { token: reader }],
    [STATUS, { token: reader, task_id: 'x' }],
    ['/api/v1.1/nothing', {}],
  ] as const) {
    statuses.push((await mirror.post(url, body)).status);
  }
  assert.deepEqual(statuses, [400, 401, 403, 404, 404]);
  await mirror.close();
});

test('a fault of ours says nothing but the id of the request, and is logged with its stack', async () => {
  const broken = await createTestServer();
  const secret = await broken.makeToken(['read']);
  await sql`alter table token rename to gone`.execute(broken.deps.db);
  const answer = await broken.post(STATUS, { token: secret });
  const requestId = String(answer.headers['x-request-id']);
  assert.equal(answer.status, 200);
  assert.equal(answer.text, failure(500, `request ${requestId}`, 'Internal error'));
  assert.equal(broken.faults.length, 1);
  const [fault] = broken.faults;
  assert.ok(fault?.fields instanceof Object && 'err' in fault.fields && fault.fields.err instanceof Error);
  assert.match(fault.fields.err.message, /token/);
  assert.ok('requestId' in fault.fields && fault.fields.requestId === requestId);
  await broken.close();
});

test('callers’ mistakes are not logged as faults', () => {
  assert.deepEqual(server.faults, []);
});
