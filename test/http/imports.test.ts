import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { type Clock, isJsonObject, type JsonObject, ManualClock, parseJson } from '../../src/base/index.ts';
import { createDatabase } from '../../src/profiles/index.ts';
import { createWorkflow, publishWorkflow, setWorkflowActive } from '../../src/workflow/index.ts';
import { createTestServer, type TestServer } from './test-server.ts';

const IMPORTS = '/api/imports';
const nodes = [{ id: 'start', type: 'start', name: 'Default' }];
const clock = new ManualClock(new Date('2026-03-02T10:00:00Z'));
/** Waits that nobody has ended: in production each keeps the process from ending. */
let waits = 0;
const countingClock: Clock = {
  now: () => clock.now(),
  sleep: (ms, signal) => {
    waits += 1;
    const end = (): void => {
      waits -= 1;
    };
    signal?.addEventListener('abort', end, { once: true });
    return clock.sleep(ms, signal);
  },
};
let server: TestServer;
let port: number;
let databaseId: number;
let workflowId: number;
let token: string;

before(async () => {
  server = await createTestServer({ maxWaitingRows: 100 }, { clock: countingClock });
  const { db } = server.deps;
  databaseId = (await createDatabase(db, clock, { name: 'd' })).id;
  const workflow = await createWorkflow(db, clock, {
    name: 'w',
    databaseId,
    reentry: 'each',
    definition: { nodes },
  });
  workflowId = workflow.id;
  await publishWorkflow(db, clock, workflowId);
  await setWorkflowActive(db, clock, workflowId, true);
  token = await server.makeToken(['import']);
  await server.app.listen({ port: 0, host: '127.0.0.1' });
  const address: AddressInfo | string | null = server.app.server.address();
  assert.ok(typeof address === 'object' && address !== null);
  port = address.port;
});
beforeEach(async () => {
  await sql`delete from task`.execute(server.deps.db);
  await sql`delete from stored_answer`.execute(server.deps.db);
  server.faults.length = 0;
});
after(() => server.close());

function lines(count: number, prefix = 'p'): string {
  return Array.from(
    { length: count },
    (_, index) => `{"data":{"email":"${prefix}${index}@x.example"}}\n`,
  ).join('');
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly json: JsonObject;
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  let text = '';
  for await (const piece of response.setEncoding('utf8')) text += String(piece);
  const json = parseJson(text);
  assert.ok(isJsonObject(json));
  return { status: response.statusCode, headers: response.headers, text, json };
}

/** Opens a stream whose body is still to be written. */
function open(
  query: string,
  headers: Record<string, string> = {},
): { sender: ClientRequest; answer: Promise<Answer> } {
  const sender = httpRequest({
    ...{ port, host: '127.0.0.1', method: 'POST', path: `${IMPORTS}${query}`, agent: false },
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson', ...headers },
  });
  const answer = new Promise<Answer>((resolve, reject) => {
    sender.once('response', (response: IncomingMessage) => readAnswer(response).then(resolve, reject));
    sender.once('error', reject);
  });
  return { sender, answer };
}

async function send(
  query: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const { sender, answer } = open(query, headers);
  // As bytes: Node would encode the head as it does a text that is sent with it.
  sender.end(Buffer.from(body));
  return answer;
}

async function countRows(): Promise<{ tasks: number; items: number; held: number; answers: number }> {
  const { rows } = await sql<{ tasks: number; items: number; held: number; answers: number }>`
    select
      (select count(*) from task) as tasks,
      (select coalesce(sum(rows), 0)::bigint from import_chunk) as items,
      (select count(*) from import_chunk where is_held) as held,
      (select count(*) from stored_answer) as answers`.execute(server.deps.db);
  assert.ok(rows[0]);
  return rows[0];
}

/** Waits for the open tasks to be so many: what a connection causes has no other sign. */
async function untilOpen(count: number): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ open: number }>`select count(*) as open from task where is_open`.execute(
      server.deps.db,
    );
    if (rows[0]?.open === count) return;
  }
}

async function untilWaits(isSo: (count: number) => boolean): Promise<void> {
  while (!isSo(waits)) await new Promise((resolve) => setImmediate(resolve));
}

const NOTHING = { tasks: 0, items: 0, held: 0, answers: 0 };
const here = (): string => `?workflow_id=${workflowId}`;

test('a stream is answered with its task, whatever its content type says', async () => {
  for (const type of ['application/x-ndjson', 'application/json', 'text/plain', undefined]) {
    const { sender, answer } = open(here());
    if (type === undefined) sender.removeHeader('content-type');
    else sender.setHeader('content-type', type);
    for (const piece of lines(30, type).match(/.{1,50}\n?/g) ?? []) sender.write(piece);
    sender.end();
    const { status, text, json, headers } = await answer;
    const id = String(json['task_id']);
    assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(text, `{"error":0,"error_text":"Successful operation","task_id":"${id}","total":30}`);
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'application/json; charset=utf-8');
    assert.deepEqual(await countRows(), { tasks: 1, items: 30, held: 0, answers: 1 });
    await sql`delete from task`.execute(server.deps.db);
    await sql`delete from stored_answer`.execute(server.deps.db);
  }
});

test('the keys stand in the address or in a header, and the token in the address too', async () => {
  const { db } = server.deps;
  const content = encodeURIComponent('{"campaign":"Frühling"}');
  await send(`${here()}&matching=phone&skip_triggers=true&detect_geo=1&content=${content}`, lines(1));
  const header = Buffer.from(
    `{"workflow_id":${workflowId},"matching":"phone","custom_data":{"ü":1}}`,
  ).toString('latin1');
  const bySecret = await send(`?token=${token}&matching=email`, lines(1), {
    authorization: '',
    'muster-import': header,
  });
  assert.equal(bySecret.status, 200, bySecret.text);
  const byDatabase = await send(`?db_id=${databaseId}`, lines(1));
  assert.equal(byDatabase.status, 200, byDatabase.text);
  const { rows } = await sql<{
    envelope: JsonObject;
    workflow_id: number | null;
    kind: string;
    content: unknown;
    custom_data: unknown;
  }>`
    select t.envelope, t.workflow_id, t.kind, c.content, c.custom_data
      from task t left join run_context c on c.id = t.context_id order by t.workflow_id, c.id`.execute(db);
  const [first, second, third] = rows;
  assert.equal(first?.envelope['matching'], 'phone');
  assert.equal(first?.envelope['skipTriggers'], true);
  assert.equal(first?.envelope['detectGeo'], true);
  assert.deepEqual(first?.content, { campaign: 'Frühling' });
  assert.deepEqual([first?.workflow_id, third?.workflow_id, third?.kind], [workflowId, null, 'imports']);
  assert.equal(second?.envelope['matching'], 'email');
  assert.deepEqual(second?.custom_data, { ü: 1 });
});

test('refusals have the status that they say, and leave nothing', async () => {
  const foreign = await server.makeToken(['import'], [databaseId + 1]);
  const reader = await server.makeToken(['read']);
  const bearer = (secret: string): Record<string, string> => ({ authorization: `Bearer ${secret}` });
  const cases: [string, string | Buffer, Record<string, string>, number, RegExp][] = [
    [here(), lines(1), { authorization: '' }, 401, /^token: missing; expected in the header/],
    [here(), lines(1), bearer('wrong'), 401, /^token: unknown/],
    [here(), lines(1), bearer(reader), 403, /^token: does not have the right import/],
    [here(), lines(1), bearer(foreign), 403, /^token: does not have database/],
    ['', lines(1), {}, 400, /^workflow_id: /],
    ['?workflow_id=99999', lines(1), {}, 404, /^workflow_id: /],
    [`${here()}&matching=x`, lines(1), {}, 400, /^matching: /],
    [`${here()}&detect_geo=maybe`, lines(1), {}, 400, /^detect_geo: expected true or false/],
    [`${here()}&content={`, lines(1), {}, 400, /^content: expected JSON/],
    [`${here()}&matching=email&matching=phone`, lines(1), {}, 400, /^matching: given more than once/],
    [here(), lines(1), { 'muster-import': '[]' }, 400, /^Muster-Import: expected a JSON object/],
    [here(), lines(1), { 'content-encoding': 'br' }, 400, /expected gzip or none/],
    [here(), lines(1), { 'content-encoding': 'gzip' }, 400, /^body: not valid gzip/],
    [
      here(),
      gzipSync(lines(9)).subarray(0, -9),
      { 'content-encoding': 'gzip' },
      400,
      /^body: not valid gzip/,
    ],
    [here(), '\n\n', {}, 400, /^body: expected at least one profile/],
    [here(), '', {}, 400, /^body: expected at least one profile/],
  ];
  for (const [query, body, headers, code, detail] of cases) {
    const answer = await send(query, body, headers);
    assert.equal(answer.status, code, answer.text);
    assert.equal(answer.json['error'], code);
    assert.match(String(answer.json['error_debug']), detail);
    assert.deepEqual(await countRows(), NOTHING);
  }
  assert.deepEqual(server.faults, []);
});

test('a gzip stream is unpacked as it comes', async () => {
  const answer = await send(here(), gzipSync(lines(50)), { 'content-encoding': 'gzip' });
  assert.equal(answer.json['total'], 50);
  // The same unpacked is the same.
  const again = await send(here(), lines(50));
  assert.equal(again.text, answer.text);
});

test('the same stream again gets the same answer and leaves one task', async () => {
  const first = await send(here(), lines(5));
  const again = await send(here(), lines(5));
  assert.equal(again.text, first.text);
  assert.equal(again.headers['duplicate-request'], 'true');
  assert.match(String(again.headers['duplicate-key']), /^[A-Za-z0-9+/]{43}=$/);
  assert.deepEqual(await countRows(), { tasks: 1, items: 5, held: 0, answers: 1 });
  const others = [
    await send(`${here()}&n=2`, lines(5)),
    await send(here(), lines(6)),
    await send(here(), lines(5), { 'muster-import': '{}' }),
  ];
  for (const other of others) assert.equal(other.headers['duplicate-request'], undefined);
  assert.equal((await countRows()).tasks, 4);
});

test('a Request-ID names one stream, also where the queue is full', async () => {
  const id = { 'request-id': 'r1' };
  const first = await send(here(), lines(101), id);
  const again = await send(here(), lines(101), id);
  assert.equal(again.text, first.text);
  assert.equal(again.headers['duplicate-request'], 'true');
  const other = await send(here(), lines(3), id);
  assert.equal(other.status, 409);
  assert.match(String(other.json['error_debug']), /^Request-ID: was used before/);
  assert.deepEqual(await countRows(), { tasks: 1, items: 101, held: 0, answers: 1 });
});

test('where too many rows wait, a stream and a batch are told to come later', async () => {
  await send(here(), lines(101));
  const stream = await send(here(), lines(1));
  assert.equal(stream.status, 429);
  assert.equal(stream.headers['retry-after'], '60');
  assert.equal(
    stream.text,
    '{"error":429,"error_debug":"101 rows wait to be imported; try again in 60 s","error_text":"Too many requests"}',
  );
  const batch = { token, workflow_id: workflowId, data: [{ data: { email: 'a@x.example' } }] };
  const answer = await server.post('/api/v1.1/workflows/import_and_start_batch_task', batch);
  assert.equal(answer.text, stream.text);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['retry-after'], '60');
  assert.equal((await countRows()).tasks, 1);
});

test('a refused client may go on sending or hang up, and nothing waits for it then', async () => {
  await send(here(), lines(101));
  const sending = open(here());
  sending.sender.write(lines(1));
  assert.equal((await sending.answer).status, 429);
  for (let sent = 0; sent < 50; sent += 1) sending.sender.write(lines(1_000));
  sending.sender.end();
  const hanging = open(here());
  hanging.sender.write(lines(1));
  assert.equal((await hanging.answer).status, 429);
  hanging.sender.destroy();
  await untilWaits((count) => count === 0);
});

test('a process takes eight streams at once, and one that is cut off leaves nothing', async () => {
  const streams = Array.from({ length: 8 }, () => open(here()));
  for (const { sender } of streams) sender.write(lines(3));
  await untilOpen(8);
  const ninth = await send(here(), lines(1));
  assert.equal(ninth.status, 429);
  assert.equal(ninth.headers['retry-after'], '10');
  const broken = streams.slice(1).map(async ({ sender, answer }) => {
    sender.destroy();
    await assert.rejects(answer);
  });
  await Promise.all(broken);
  await untilOpen(1);
  streams[0]?.sender.end();
  assert.equal((await streams[0]?.answer)?.json['total'], 3);
  assert.deepEqual(await countRows(), { tasks: 1, items: 3, held: 0, answers: 1 });
  assert.deepEqual(server.faults, []);
});

test('a silent client is cut off after a minute, one that goes on sending may take its time', async () => {
  const silent = open(here());
  silent.sender.write(lines(1));
  await untilOpen(1);
  clock.advance(59_000);
  silent.sender.write(lines(1));
  silent.sender.end();
  assert.equal((await silent.answer).json['total'], 2);

  const second = open(here());
  second.sender.write(lines(1, 's'));
  await untilOpen(1);
  await untilWaits((count) => count > 0);
  clock.advance(60_000);
  await assert.rejects(second.answer);
  await untilOpen(0);
  assert.deepEqual(server.faults, []);
});

test('a stream outlasts the time that other requests have', async () => {
  const opened = once(server.app.server, 'connection');
  const stream = open(here());
  stream.sender.write(lines(1));
  const [streamSocket] = await opened;
  await untilOpen(1);
  const timeout = Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
  // As Node does when the time of a request is over.
  server.app.server.emit('clientError', timeout, streamSocket);
  stream.sender.end(lines(1, 'q'));
  assert.equal((await stream.answer).json['total'], 2);

  const next = once(server.app.server, 'connection');
  const plain = httpRequest({
    port,
    host: '127.0.0.1',
    method: 'POST',
    path: '/api/v1.1/tasks/status',
    agent: false,
  });
  const response = once(plain, 'response');
  plain.write('{');
  const [plainSocket] = await next;
  server.app.server.emit('clientError', timeout, plainSocket);
  const [late] = await response;
  assert.equal(late.statusCode, 408);
  plain.destroy();
});

test('the OpenAPI document has the path', async () => {
  const document = (await server.app.inject('/api/openapi.json')).json();
  assert.match(document.paths[IMPORTS].post.summary, /stream of any length/);
});
