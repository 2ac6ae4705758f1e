import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  ManualClock,
  parseJson,
} from '../../src/base/index.ts';
import { createImporter } from '../../src/importer/index.ts';
import { firstWalks } from '../support/first-walks.ts';
import { createTestSignals } from '../support/test-signals.ts';
import { createAdminClient } from './admin-client.ts';
import { createTestServer, type TestServer } from './test-server.ts';

const API = '/api/v1.1';
const UNKNOWN_TASK = '30421978-7f6d-4f39-913f-fb6cad8e2477';
const clock = new ManualClock(new Date('2026-03-02T10:00:00Z'));
let server: TestServer;
let token: string;
let reader: string;
let stranger: string;
let admin: string;
let workflowId: number;
let databaseId: number;

/** To the admin API; the answer as it came. */
async function call(method: 'GET' | 'POST', path: string, payload?: object, secret = admin) {
  const url = `/api/admin${path}`;
  const headers = { authorization: `Bearer ${secret}` };
  return server.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
}

before(async () => {
  server = await createTestServer({ repeatWindowSeconds: 3600 }, { clock });
  admin = await server.makeToken(['admin']);
  const client = createAdminClient(server, admin);
  databaseId = await client.make('/databases', { name: 'd' });
  const nodes = [
    { id: 'start', type: 'start', name: 'Default', next: 'end' },
    { id: 'end', type: 'end' },
  ];
  workflowId = await client.makeActiveWorkflow({
    ...{ name: 'w', database_id: databaseId, definition: { nodes } },
  });
  token = await server.makeToken(['import'], [databaseId]);
  reader = await server.makeToken(['read'], [databaseId]);
  stranger = await server.makeToken(['import', 'read'], [9999]);
});
after(() => server.close());

function send(method: string, body: object, headers: Record<string, string> = {}) {
  return server.post(`${API}/${method}`, { token, ...body }, headers);
}

async function submit(data: JsonValue): Promise<string> {
  clock.advance(1);
  const body = { workflow_id: workflowId, matching: 'email', data };
  const { json } = await send('workflows/import_and_start_batch_task', body, {
    'request-id': String(clock.now().getTime()),
  });
  assert.equal(json['error'], 0, JSON.stringify(json));
  return String(json['task_id']);
}

/** Imports all that waits. */
async function drain(): Promise<void> {
  const signals = createTestSignals();
  const { db, log, places } = server.deps;
  const importer = createImporter({
    ...{ db, clock, log, signals, places, leaseSeconds: 30, concurrency: 1, wakeEngine: () => {} },
    startWalk: firstWalks(log),
  });
  const idle = signals.until('import', 'idle');
  await importer.start();
  await idle;
  await importer.stop();
}

function dataOf(json: JsonObject): JsonObject {
  const { data } = json;
  assert.ok(isJsonObject(data), JSON.stringify(json));
  return data;
}

function listOf(json: JsonObject): JsonObject[] {
  const { data } = json;
  assert.ok(Array.isArray(data), JSON.stringify(json));
  return data.map((element) => {
    assert.ok(isJsonObject(element));
    return element;
  });
}

const NO_TASK = '{"error":404,"error_debug":"task_id: there is no such task","error_text":"Not found"}';

test('cancelling answers the status, again the same, and a completed task is a conflict', async () => {
  const taskId = await submit([{ data: { email: 'a@x.ru' } }, { data: { email: 'b@x.ru' } }]);
  const first = await send('tasks/cancel', { task_id: taskId });
  assert.deepEqual([first.json['error'], first.headers['duplicate-request']], [0, undefined]);
  const data = dataOf(first.json);
  assert.deepEqual([data['status'], data['progress']], ['cancelled', 0]);
  assert.ok(isJsonObject(data['counters']));
  assert.deepEqual([data['counters']['cancelled'], data['counters']['waiting']], [2, 0]);
  const repeat = await send('tasks/cancel', { task_id: taskId });
  assert.deepEqual([repeat.text, repeat.headers['duplicate-request']], [first.text, 'true']);
  const again = await send('tasks/cancel', { task_id: taskId }, { 'request-id': 'again' });
  assert.deepEqual([again.text, again.headers['duplicate-request']], [first.text, undefined]);

  const done = await submit([{ data: { email: 'a@x.ru' } }]);
  await drain();
  assert.equal(
    (await send('tasks/cancel', { task_id: done })).text,
    '{"error":409,"error_debug":"task_id: the task is completed","error_text":"Conflict"}',
  );
});

test('failed items are tried again once, and a repeat of the request gets its answer', async () => {
  const taskId = await submit([{ data: { email: 'c@x.ru' } }, { data: { email: 'none' } }]);
  await drain();
  const body = { task_id: taskId, data: [{ item: 1, data: { email: 'd@x.ru' } }] };
  const first = await send('tasks/retry_failed', body);
  const child = String(first.json['task_id']);
  assert.equal(
    first.text,
    `{"error":0,"error_text":"Successful operation","task_id":"${child}","total":1,"left":0}`,
  );
  const repeat = await send('tasks/retry_failed', body);
  assert.deepEqual([repeat.text, repeat.headers['duplicate-request']], [first.text, 'true']);
  const other = await send('tasks/retry_failed', { task_id: taskId });
  assert.equal(
    other.text,
    `{"error":409,"error_debug":"task_id: its failed items are tried again by ${child}","error_text":"Conflict"}`,
  );
  await drain();
  const { result, parent_id: parent } = dataOf((await send('tasks/status', { task_id: child })).json);
  assert.equal(parent, taskId);
  assert.ok(isJsonObject(result) && Array.isArray(result['result']));
  const [item] = result['result'];
  assert.ok(isJsonObject(item));
  assert.deepEqual(Object.keys(item), ['profile_id', 'parent_item']);
  assert.equal(item['parent_item'], 1);
});

test('a report has a row for each item, in pages', async () => {
  const data = [{ data: { email: 'e@x.ru' } }, { data: { email: 'none' } }, { data: { email: 'f@x.ru' } }];
  const taskId = await submit(data);
  await drain();
  const page = await send('tasks/report', { token: reader, task_id: taskId, limit: 2 });
  assert.deepEqual(Object.keys(page.json), ['data', 'next_from', 'error', 'error_text']);
  assert.equal(page.json['next_from'], 2);
  const [good, bad] = listOf(page.json);
  assert.ok(good !== undefined && isJsonObject(good['run']));
  assert.deepEqual(Object.keys(good), ['item', 'state', 'profile_id', 'start', 'run', 'row']);
  assert.deepEqual(
    [good['state'], good['start'], good['run']['status'], good['run']['node']],
    ['created', 'started', 'ended', 'end'],
  );
  assert.deepEqual(bad, {
    ...{ item: 1, state: 'invalid', error: 400, field: 'email', pointer: '/data/email', row: data[1] },
    error_text: bad?.['error_text'],
  });
  const last = await send('tasks/report', { task_id: taskId, from: 2 });
  assert.deepEqual([listOf(last.json).length, last.json['next_from']], [1, null]);
  const failed = await send('tasks/report', { task_id: taskId, states: ['invalid'], codes: [400] });
  assert.deepEqual(listOf(failed.json), [bad]);
  for (const [wrong, key] of [
    [{ states: ['x'] }, 'states'],
    [{ codes: [1] }, 'codes'],
    [{ from: -1 }, 'from'],
    [{ limit: 10_001 }, 'limit'],
    [{ task_id: 5 }, 'task_id'],
  ] as const) {
    const { json } = await send('tasks/report', { task_id: taskId, ...wrong });
    assert.deepEqual([json['error'], String(json['error_debug']).split(':')[0]], [400, key]);
  }
});

test('tables come as CSV and NDJSON, their failures as JSON, and formulas are made harmless', async () => {
  const taskId = await submit([
    { data: { email: '=1+1' } },
    { data: { email: 'g@x.ru', '=HYPERLINK("x")': 1 } },
    { data: { email: 'h"h@x.ru, and\r\nmore' } },
  ]);
  await drain();
  const csv = await server.app.inject({
    method: 'POST',
    url: `${API}/tasks/report?format=csv`,
    payload: { token, task_id: taskId, limit: 2 },
  });
  assert.equal(csv.headers['content-type'], 'text/csv; charset=utf-8; header=present');
  assert.equal(csv.headers['x-next-page'], '2');
  assert.deepEqual(csv.body.split('\r\n'), [
    'item,parent_item,state,profile_id,error,error_text,field,pointer,start,run,skipped_subscriptions,row',
    '0,,invalid,,400,email: expected an e-mail address to match by,email,/data/email,,,,"{""data"":{""email"":""=1+1""}}"',
    `1,,invalid,,400,"'=HYPERLINK(""x""): the database has no such field","'=HYPERLINK(""x"")","/data/=HYPERLINK(""x"")",,,,"{""data"":{""email"":""g@x.ru"",""=HYPERLINK(\\""x\\"")"":1}}"`,
    '',
  ]);
  const lines = await server.app.inject({
    method: 'POST',
    url: `${API}/tasks/report`,
    payload: { token, task_id: taskId, format: 'ndjson' },
  });
  assert.equal(lines.headers['content-type'], 'application/x-ndjson; charset=utf-8');
  const json = await send('tasks/report', { task_id: taskId });
  assert.deepEqual(
    lines.body
      .trimEnd()
      .split('\n')
      .map((line) => parseJson(line)),
    json.json['data'],
  );
  assert.equal((await send('tasks/report', { format: 'csv', task_id: UNKNOWN_TASK })).text, NO_TASK);
  const wrong = await send('tasks/list', { format: 'yaml' });
  assert.equal(wrong.json['error_debug'], 'format: expected json, xml, csv or ndjson');
  const noTable = await send('tasks/cancel', { format: 'csv', task_id: taskId });
  assert.equal(noTable.json['error_debug'], 'format: the answer is no table; expected json or xml');
});

test('tasks are listed by pages, the last accepted first, and filtered', async () => {
  const ids: string[] = [];
  for (let index = 0; index < 3; index += 1) ids.unshift(await submit([{ data: { email: 'a@x.ru' } }]));
  const first = await send('tasks/list', { token: reader, limit: 2 });
  assert.deepEqual(Object.keys(first.json), ['data', 'next_after', 'error', 'error_text']);
  assert.deepEqual(
    listOf(first.json).map((task) => task['task_id']),
    ids.slice(0, 2),
  );
  const [task] = listOf(first.json);
  assert.deepEqual(
    [task?.['status'], task?.['db_id'], task?.['workflow_id']],
    ['pending', databaseId, workflowId],
  );
  const next = await send('tasks/list', { limit: 1, after: first.json['next_after'] });
  assert.equal(listOf(next.json)[0]?.['task_id'], ids[2]);
  await send('tasks/cancel', { task_id: ids[1] });
  const count = async (filter: object): Promise<number> =>
    listOf((await send('tasks/list', filter)).json).filter(({ task_id: id }) => ids.includes(String(id)))
      .length;
  assert.equal(await count({ status: 'pending' }), 2);
  assert.equal(await count({ status: 'cancelled' }), 1);
  assert.equal(await count({ status: 'completed' }), 0);
  await drain();
  assert.equal(await count({ status: 'completed', db_id: databaseId, workflow_id: workflowId }), 2);
  assert.equal(await count({ workflow_id: 9999 }), 0);
  assert.deepEqual(listOf((await send('tasks/list', { token: stranger })).json), []);
  assert.equal((await send('tasks/list', { db_id: 9999 })).json['error'], 404);
  assert.equal((await send('tasks/list', { after: 'x' })).json['error'], 400);
  assert.equal((await send('tasks/list', { status: 'x' })).json['error'], 400);
  const csv = await server.app.inject({
    method: 'POST',
    url: `${API}/tasks/list`,
    payload: { token, format: 'csv', limit: 1 },
  });
  const [header, line] = csv.body.split('\r\n');
  assert.match(header ?? '', /^task_id,db_id,workflow_id,status,progress,counters,runs,accepted_at,/);
  assert.match(line ?? '', new RegExp(`^${ids[0]},${databaseId},${workflowId},completed,100,"{""total"":1,`));
  assert.equal(csv.headers['x-next-page'], ids[0]);
});

test('a token without the right is refused, and a task of another database is not there', async () => {
  const taskId = await submit([{ data: { email: 'none' } }]);
  await drain();
  for (const method of ['tasks/cancel', 'tasks/retry_failed', 'tasks/report']) {
    assert.equal((await send(method, { token: stranger, task_id: taskId })).text, NO_TASK, method);
    assert.equal((await send(method, { task_id: UNKNOWN_TASK })).text, NO_TASK, method);
  }
  for (const method of ['tasks/cancel', 'tasks/retry_failed']) {
    assert.equal((await send(method, { token: reader, task_id: taskId })).json['error'], 403, method);
  }
  const outsider = await server.makeToken(['admin'], [9999]);
  for (const [method, path, body] of [
    ['GET', 'report', undefined],
    ['POST', 'cancel', undefined],
    ['POST', 'retry-failed', {}],
  ] as const) {
    assert.equal((await call(method, `/tasks/${taskId}/${path}`, body, outsider)).statusCode, 404, path);
  }
});

test('failed items are grouped by reason, whatever value was at fault', async () => {
  const rows = [{ data: { email: 'g@x.org' } }, { data: { email: 'no' } }, { data: { email: 'none' } }];
  const phones = ['call me', 'do not'].map((phones) => ({ data: { email: 'h@x.org', phones } }));
  const id = await submit([...rows, ...phones, { data: { email: 'i@x.org', nothing: 1 } }]);
  await drain();
  const answer = await call('GET', `/tasks/${id}/failures`);
  const json = parseJson(answer.body);
  assert.ok(isJsonObject(json) && Array.isArray(json['data']), answer.body);
  assert.deepEqual(
    json['data'].filter(isJsonObject).map(({ code, field, count }) => [code, field, count]),
    [
      [400, 'email', 2],
      [400, 'phones', 2],
      [400, 'nothing', 1],
    ],
  );
  const [first] = json['data'].filter(isJsonObject);
  assert.deepEqual(
    [first?.['examples']].flat().map((example) => [Object(example)['item'], Object(example)['row']]),
    [
      [1, { data: { email: 'no' } }],
      [2, { data: { email: 'none' } }],
    ],
  );
  assert.equal((await call('GET', `/tasks/${UNKNOWN_TASK}/failures`)).statusCode, 404);
});

test('administrators cancel, try again, and stream whole reports', async () => {
  const data = Array.from({ length: 1_200 }, (_, index) => ({
    data: { email: index === 700 ? 'none' : `s${index}@x.ru` },
  }));
  const taskId = await submit(data);
  await drain();
  const csv = await call('GET', `/tasks/${taskId}/report?format=csv`);
  assert.equal(csv.headers['content-type'], 'text/csv; charset=utf-8; header=present');
  const lines = csv.body.trimEnd().split('\r\n');
  assert.match(lines[0] ?? '', /^item,parent_item,state,/);
  assert.deepEqual(
    lines.slice(1).map((line) => line.split(',')[0]),
    data.map((_, index) => String(index)),
  );
  const json = parseJson((await call('GET', `/tasks/${taskId}/report`)).body);
  assert.ok(isJsonObject(json));
  const rows = listOf(json);
  assert.deepEqual(
    rows.map((row) => row['row']),
    data,
  );
  const nd = await call('GET', `/tasks/${taskId}/report?format=ndjson&states=invalid,not_found&codes=400`);
  assert.deepEqual(parseJson(nd.body), rows[700]);
  const none = await call('GET', `/tasks/${taskId}/report?states=waiting`);
  assert.equal(none.body, '{"data":[]}');
  assert.equal((await call('GET', `/tasks/${taskId}/report?format=xml`)).statusCode, 400);
  assert.equal((await call('GET', `/tasks/${taskId}/report?states=x`)).statusCode, 400);

  const retried = await call('POST', `/tasks/${taskId}/retry-failed`, {
    data: [{ item: 700, data: { email: 's700@x.ru' } }],
  });
  assert.equal(retried.statusCode, 201);
  const child = parseJson(retried.body);
  assert.ok(isJsonObject(child));
  assert.deepEqual([child['total'], child['left']], [1, 0]);
  const cancelled = parseJson((await call('POST', `/tasks/${child['id']}/cancel`)).body);
  assert.ok(isJsonObject(cancelled));
  assert.deepEqual([cancelled['status'], cancelled['parent_id']], ['cancelled', taskId]);
  assert.equal((await call('POST', `/tasks/${taskId}/cancel`)).statusCode, 409);
  const listed = parseJson((await call('GET', '/tasks?status=cancelled&limit=1')).body);
  assert.ok(isJsonObject(listed));
  assert.equal(listOf(listed)[0]?.['id'], child['id']);
  const { rows: left } = await sql`
    select from import_chunk where settled_at is null`.execute(server.deps.db);
  assert.equal(left.length, 0);
  assert.deepEqual(server.faults, []);
});
