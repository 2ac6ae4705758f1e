import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { isJsonObject, ManualClock } from '../../src/base/index.ts';
import { type AdminClient, createAdminClient } from './admin-client.ts';
import { createTestServer, type TestServer } from './test-server.ts';

const IMPORT = '/api/v1.1/workflows/import_and_start_batch_task';
const STATUS = '/api/v1.1/tasks/status';
const clock = new ManualClock(new Date('2026-03-02T10:00:00Z'));
let server: TestServer;
let token: string;
let workflowId: number;
/** An active workflow of another database. */
let foreignWorkflowId: number;

function makeWorkflow(admin: AdminClient, databaseId: number): Promise<number> {
  const definition = {
    nodes: [
      { id: 'start', type: 'start', name: 'Default', next: 'end' },
      { id: 'end', type: 'end', reason: 'done' },
    ],
  };
  return admin.makeActiveWorkflow({ name: 'w', database_id: databaseId, definition });
}

before(async () => {
  server = await createTestServer({ repeatWindowSeconds: 3600 }, { clock });
  const admin = createAdminClient(server, await server.makeToken(['admin']));
  const databaseId = await admin.make('/databases', { name: 'd' });
  workflowId = await makeWorkflow(admin, databaseId);
  foreignWorkflowId = await makeWorkflow(admin, await admin.make('/databases', { name: 'other' }));
  token = await server.makeToken(['import'], [databaseId]);
});
beforeEach(async () => {
  await sql`delete from import_chunk`.execute(server.deps.db);
  await sql`delete from task`.execute(server.deps.db);
  await sql`delete from stored_answer`.execute(server.deps.db);
});
after(() => server.close());

function body(change: object = {}): object {
  const data = [
    { data: { _fname: 'Herbert', email: 'example@example.com', phones: '+79862014852' } },
    { data: { _fname: 'Bert', email: 'example@example.com', phones: '+79862014853' } },
  ];
  return { token, workflow_id: workflowId, matching: 'email', data, ...change };
}

/** What lies in the database: tasks, the rows of their chunks, answers kept for repeats. */
async function countRows(): Promise<{ tasks: number; items: number; answers: number }> {
  const { rows } = await sql<{ tasks: number; items: number; answers: number }>`
    select
      (select count(*) from task) as tasks,
      (select coalesce(sum(rows), 0)::bigint from import_chunk) as items,
      (select count(*) from stored_answer) as answers`.execute(server.deps.db);
  assert.ok(rows[0]);
  return rows[0];
}

const ONE_TASK = { tasks: 1, items: 2, answers: 1 };
const NOTHING = { tasks: 0, items: 0, answers: 0 };

test('a batch is stored as a task and answered with its id, in the order of keys that the page prints', async () => {
  const answer = await server.post(IMPORT, body());
  const id = String(answer.json['task_id']);
  assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  assert.equal(answer.text, `{"error":0,"error_text":"Successful operation","task_id":"${id}"}`);
  assert.equal(answer.headers['duplicate-request'], undefined);
  assert.deepEqual(await countRows(), ONE_TASK);

  const status = await server.post(STATUS, { token, task_id: id });
  assert.deepEqual(Object.keys(status.json), ['data', 'error', 'error_text']);
  const { data } = status.json;
  assert.ok(isJsonObject(data));
  assert.deepEqual(Object.keys(data).slice(0, 2), ['status', 'progress']);
  assert.equal(data['status'], 'pending');
  assert.equal(data['progress'], 0);
  assert.ok(isJsonObject(data['counters']));
  assert.equal(data['counters']['total'], 2);
  assert.equal(data['counters']['waiting'], 2);
  const stranger = await server.makeToken(['read'], [9999]);
  assert.equal((await server.post(STATUS, { token: stranger, task_id: id })).json['error'], 404);
});

test('the same request again gets the same answer and is not executed', async () => {
  const first = await server.post(IMPORT, body());
  const again = await server.post(`/api/v1.1//workflows/import_and_start_batch_task/`, body());
  assert.equal(again.text, first.text);
  assert.equal(again.headers['duplicate-request'], 'true');
  assert.match(String(again.headers['duplicate-key']), /^[A-Za-z0-9+/]{43}=$/);
  assert.deepEqual(await countRows(), ONE_TASK);

  const otherAddress = await server.post(`${IMPORT}?request_id=2`, body());
  assert.notEqual(otherAddress.text, first.text);
  const otherToken = await server.post(IMPORT, body({ token: await server.makeToken(['import']) }));
  assert.notEqual(otherToken.text, first.text);
  assert.equal((await countRows()).tasks, 3);
});

test('a Request-ID makes the request: sent again it is a repeat, with another body a conflict', async () => {
  const headers = { 'request-id': 'order-17' };
  const first = await server.post(IMPORT, body(), headers);
  const again = await server.post(IMPORT, body(), headers);
  assert.equal(again.text, first.text);
  assert.equal(again.headers['duplicate-request'], 'true');
  const other = await server.post(IMPORT, body({ custom_data: { a: 1 } }), headers);
  assert.equal(
    other.text,
    '{"error":409,"error_debug":"Request-ID: was used before, with another method or body","error_text":"Conflict"}',
  );
  assert.deepEqual(await countRows(), ONE_TASK);
  const fresh = await server.post(IMPORT, body(), { 'request-id': 'order-18' });
  assert.notEqual(fresh.text, first.text);
});

test('twenty equal requests at the same moment are one', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => server.post(IMPORT, body())));
  assert.equal(new Set(answers.map((answer) => answer.text)).size, 1);
  const repeats = answers.filter((answer) => answer.headers['duplicate-request'] === 'true');
  assert.equal(repeats.length, 19);
  assert.deepEqual(await countRows(), ONE_TASK);
});

test('after the window the same request is a new one', async () => {
  const first = await server.post(IMPORT, body());
  clock.advance(3_600_001);
  const later = await server.post(IMPORT, body());
  assert.equal(later.json['error'], 0);
  assert.notEqual(later.text, first.text);
  assert.equal(later.headers['duplicate-request'], undefined);
  assert.deepEqual(await countRows(), { tasks: 2, items: 4, answers: 1 });
});

test('what is refused leaves nothing behind, not even an answer', async () => {
  const refusals: [object, number, RegExp][] = [
    [{ workflow_id: foreignWorkflowId }, 403, /^token: does not have database \d+$/],
    [{ workflow_id: 9999 }, 404, /workflow/],
    [{ workflow_id: undefined }, 400, /^workflow_id: /],
    [{ workflow_id: 'one' }, 400, /^workflow_id: /],
    [{ workflow_id: 2 ** 40 }, 404, /workflow/],
    [{ data: [] }, 400, /^data: /],
    [{ data: undefined }, 400, /^data: /],
    [{ matching: 'nonsense' }, 400, /^matching: /],
    [{ matching: 'custom' }, 400, /^field_name: /],
  ];
  for (const [change, error, debug] of refusals) {
    const answer = await server.post(IMPORT, body(change), { 'request-id': 'same' });
    assert.equal(answer.json['error'], error, `${JSON.stringify(change)} ${answer.text}`);
    assert.match(String(answer.json['error_debug']), debug);
    assert.deepEqual(await countRows(), NOTHING);
  }
  // The Request-ID was not used up by the refusals.
  assert.equal((await server.post(IMPORT, body(), { 'request-id': 'same' })).json['error'], 0);
  assert.deepEqual(server.faults, []);
});
