import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { createToken } from '../../src/accounts/index.ts';
import { type JsonObject, MusterError, noSignals } from '../../src/base/index.ts';
import {
  purgeOpenTasks,
  requireRoom,
  type StreamDeps,
  type StreamedTask,
  streamTask,
} from '../../src/importer/index.ts';
import { LineSplitter } from '../../src/importer/tasks/split-lines.ts';
import { countersOf, ImportScene, idsOf, type Shop } from './import-scene.ts';

/** Small enough that a short stream is stored in several parts. */
const LIMITS = { rows: 10, bytes: 2_000, lineBytes: 200 };
let scene: ImportScene;
let tokenId: number;

before(async () => {
  scene = await ImportScene.open();
  const { token } = await createToken(scene.db, scene.clock, {
    name: 's',
    rights: ['import'],
    databaseIds: null,
  });
  tokenId = token.id;
});
after(() => scene.close());

function line(email: string, fields: JsonObject = {}): string {
  return `${JSON.stringify({ data: { email, ...fields } })}\n`;
}

/** The text in pieces of a few bytes, so that lines and characters are cut. */
async function* cut(text: string, size = 7): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function stream(
  keys: JsonObject,
  pieces: AsyncIterable<Buffer>,
  deps: Partial<StreamDeps> = {},
  accept: (task: StreamedTask) => Promise<void> = async () => {},
): Promise<StreamedTask> {
  const { db, clock } = scene;
  return streamTask(
    { db, clock, signals: noSignals, retentionDays: 30, wake: () => {}, limits: LIMITS, ...deps },
    { databaseIds: null, id: tokenId },
    keys,
    () => {},
    pieces,
    async (_tx, task) => accept(task),
  );
}

async function countStored(): Promise<{ tasks: number; chunks: number; contexts: number }> {
  const { rows } = await sql<{ tasks: number; chunks: number; contexts: number }>`
    select (select count(*) from task) as tasks, (select count(*) from import_chunk) as chunks,
           (select count(*) from run_context) as contexts`.execute(scene.db);
  assert.ok(rows[0]);
  return rows[0];
}

function isRefusal(code: number, detail: RegExp): (thrown: unknown) => boolean {
  return (thrown) => {
    assert.ok(thrown instanceof MusterError, String(thrown));
    assert.equal(thrown.code, code);
    assert.match(thrown.detail ?? '', detail);
    return true;
  };
}

/** A stream that stays where it is until it is told to go on. */
function createHeldStream(lines: readonly string[]) {
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  async function* pieces(): AsyncGenerator<Buffer> {
    for (const text of lines) yield Buffer.from(text);
    arrived.resolve();
    await released.promise;
  }
  return { pieces: pieces(), arrived: arrived.promise, release: released.resolve };
}

test('a stream becomes one task, which is imported and started in the order of its lines', async () => {
  const shop = await scene.makeShop();
  const people = Array.from({ length: 45 }, (_, index) => `p${index}@ülm.example`);
  const text = [
    ...people.map((email, index) => line(email, { _fname: `É${index}` })),
    '\n  \r\n',
    // Bare, with CRLF, and the last without an end.
    `${JSON.stringify({ email: 'p0@ülm.example', _fname: 'Second' })}\r\n`,
    line('p0@ülm.example', { _fname: 'Third' }).trim(),
  ].join('');
  const keys = { workflow_id: String(shop.workflowId), content: { a: 1 } };
  const { taskId, total } = await stream(keys, cut(`\uFEFF${text}`));
  assert.equal(total, 47);
  await scene.drain();
  const { status, results } = await scene.imported(taskId);
  assert.deepEqual(countersOf(status), { total: 47, created: 45, updated: 2, started: 47 });
  const ids = idsOf(results);
  assert.equal(ids[45], ids[0]);
  const fields = new Map((await scene.fieldsOf(shop)).map((one) => [one['email'], one['_fname']]));
  assert.equal(fields.size, 45);
  assert.equal(fields.get('p0@ülm.example'), 'Third');
  assert.equal(fields.get('p7@ülm.example'), 'É7');
  const runs = await scene.runs(shop);
  assert.deepEqual(
    runs.map((run) => run.item_index).sort((left, right) => left - right),
    Array.from({ length: 47 }, (_, index) => index),
  );
  assert.deepEqual(runs[0]?.root_content, { a: 1 });
});

test('a line that is no item is an item at fault, and the stream goes on', async () => {
  const shop = await scene.makeShop();
  const keys = { db_id: shop.databaseId };
  const broken = Buffer.concat([
    Buffer.from(`${line('a@x.example')}{"data":\n\n`),
    Buffer.from([0x22, 0xff, 0x22, 0x0a]),
    Buffer.from(`"${'x'.repeat(300)}"\n[1]\n{"data":{"email":"b@x.example","_fname":1e999}}\n`),
    Buffer.from(line('c@x.example')),
  ]);
  async function* pieces(): AsyncGenerator<Buffer> {
    yield broken;
  }
  const { taskId, total } = await stream(keys, pieces());
  assert.equal(total, 7);
  await scene.drain();
  const { counters, result = [] } = await scene.status(taskId);
  // Without a workflow nothing is started.
  assert.deepEqual([counters.created, counters.invalid, counters.started], [2, 5, 0]);
  assert.deepEqual(
    result.map((one) => ('error_text' in one ? one.error_text : 'ok')),
    [
      'ok',
      'line 2: not valid JSON',
      'line 4: not valid UTF-8',
      'line 5: longer than 200 bytes',
      'data: expected an object for each profile',
      '_fname: a number out of range',
      'ok',
    ],
  );
});

test('until its last line nothing of it is imported, and it counts as accepted only then', async () => {
  const shop = await scene.makeShop();
  const held = createHeldStream(
    Array.from({ length: 25 }, (_, index) => line(`h${index % 12}@x.example`, { _fname: 'stream' })),
  );
  const streaming = stream({ workflow_id: shop.workflowId }, held.pieces);
  await held.arrived;
  const { rows } = await sql<{ id: string; total: number }>`
    select id, total from task where is_open`.execute(scene.db);
  const [open] = rows;
  assert.ok(open);
  assert.equal(open.total, 20);
  await scene.drain();
  const status = await scene.status(open.id);
  assert.equal(status.status, 'pending');
  assert.deepEqual(countersOf(status), { total: 20, waiting: 20 });
  assert.deepEqual(await scene.fieldsOf(shop), []);

  // Accepted while the stream still comes, and so applied before it.
  scene.clock.advance(1_000);
  await scene.submit(shop, [{ data: { email: 'h3@x.example', _fname: 'batch', _lname: 'kept' } }]);
  scene.clock.advance(1_000);
  held.release();
  const { taskId } = await streaming;
  assert.equal(taskId, open.id);
  assert.deepEqual((await scene.status(taskId)).acceptedAt, scene.clock.now());
  await scene.drain();
  const { status: done } = await scene.imported(taskId);
  assert.deepEqual(countersOf(done), { total: 25, created: 11, updated: 1, unchanged: 13, started: 25 });
  const h3 = (await scene.fieldsOf(shop)).find(({ email }) => email === 'h3@x.example');
  assert.deepEqual(h3, { email: 'h3@x.example', _fname: 'stream', _lname: 'kept' });
});

test('nothing is left of a stream that breaks off, is refused at its end, or is empty', async () => {
  const shop = await scene.makeShop();
  const keys = { workflow_id: shop.workflowId, content: { a: 1 } };
  const before = await countStored();
  const text = Array.from({ length: 30 }, (_, index) => line(`n${index}@x.example`)).join('');
  async function* broken(): AsyncGenerator<Buffer> {
    yield Buffer.from(text);
    throw new Error('cut');
  }
  await assert.rejects(stream(keys, broken()), /cut/);
  assert.deepEqual(await countStored(), before);
  const refuse = stream(keys, cut(text), {}, async () => {
    assert.equal((await countStored()).tasks, before.tasks + 1);
    throw new Error('repeated');
  });
  await assert.rejects(refuse, /repeated/);
  assert.deepEqual(await countStored(), before);
  await assert.rejects(stream(keys, cut('\n \n')), isRefusal(400, /expected at least one profile/));
  assert.deepEqual(await countStored(), before);
  await scene.drain();
  assert.deepEqual(await scene.fieldsOf(shop), []);
});

test('what does not fit a stream is refused before anything is read', async () => {
  const shop = await scene.makeShop();
  const { workflowId: workflow_id } = shop;
  async function* unread(): AsyncGenerator<Buffer> {
    yield assert.fail('the body was read');
  }
  const cases: [JsonObject, number, RegExp][] = [
    [{}, 400, /^workflow_id: expected a whole number/],
    [{ workflow_id: 99_999 }, 404, /^workflow_id: there is no workflow 99999/],
    [{ db_id: 99_999 }, 404, /^db_id: /],
    [{ workflow_id, matching: 'sound' }, 400, /^matching: /],
    [{ workflow_id, matching: 'custom' }, 400, /^field_name: /],
    [{ workflow_id, custom_request: { email: 'a' } }, 400, /^custom_request: not possible here/],
    [{ workflow_id, dry_run: true }, 400, /^dry_run: not possible here/],
    [{ workflow_id, data: [] }, 400, /^data: not possible here/],
  ];
  for (const [keys, code, detail] of cases) {
    await assert.rejects(stream(keys, unread()), isRefusal(code, detail));
  }
});

test('a stream whose process died is purged once it was silent for long; one that lives is not', async () => {
  const shop: Shop = await scene.makeShop();
  const before = await countStored();
  const lines = Array.from({ length: 12 }, (_, index) => line(`s${index}@x.example`));
  const held = createHeldStream(lines);
  const streaming = stream({ workflow_id: shop.workflowId, content: {} }, held.pieces);
  await held.arrived;
  scene.clock.advance(899_000);
  assert.equal(await purgeOpenTasks(scene.db, scene.clock.now(), 10), 0);
  scene.clock.advance(2_000);
  assert.equal(await purgeOpenTasks(scene.db, scene.clock.now(), 10), 1);
  assert.deepEqual(await countStored(), before);
  // Had the process only slept, the client is told.
  held.release();
  await assert.rejects(streaming, isRefusal(409, /cancelled, or given up/));
  assert.deepEqual(await countStored(), before);

  async function* slow(): AsyncGenerator<Buffer> {
    for (const text of lines.slice(0, 5)) {
      yield Buffer.from(text);
      scene.clock.advance(600_000);
      assert.equal(await purgeOpenTasks(scene.db, scene.clock.now(), 10), 0);
    }
  }
  assert.equal((await stream({ workflow_id: shop.workflowId }, slow())).total, 5);
  await scene.drain();
});

test('rows are stored as chunks of up to a thousand, and no more than the limits are held', async () => {
  const shop = await scene.makeShop();
  const text = Array.from({ length: 5_000 }, (_, index) => line(`c${index}@x.example`)).join('');
  const held: number[] = [];
  const wide = { rows: 4_000, bytes: 1_000_000, lineBytes: 1_000 };
  const count = async (): Promise<number> =>
    (
      await sql<{
        n: number;
      }>`select coalesce(sum(rows), 0)::bigint as n from import_chunk where is_held`.execute(scene.db)
    ).rows[0]?.n ?? 0;
  async function* pieces(): AsyncGenerator<Buffer> {
    let sent = 0;
    for (const part of text.match(/(.*\n){1,500}/g) ?? []) {
      yield Buffer.from(part);
      sent += 500;
      held.push(sent - (await count()));
    }
  }
  const { taskId } = await stream({ workflow_id: shop.workflowId }, pieces(), { limits: wide });
  assert.ok(Math.max(...held) < 4_000, String(held));
  const { rows } = await sql<{ most: number; total: number; held: number }>`
    select max(rows) as most, sum(rows)::bigint as total, count(*) filter (where is_held) as held
      from import_chunk where task_id = ${taskId}::uuid`.execute(scene.db);
  assert.deepEqual([rows[0]?.total, rows[0]?.held], [5_000, 0]);
  assert.ok((rows[0]?.most ?? 0) <= 1_000);
  // All of one key, in one lane: full chunks, in order.
  const same = Array.from({ length: 2_500 }, (_, index) => line('same@x.example', { _fname: `n${index}` }));
  const narrow = { rows: 1_200, bytes: 1_000_000, lineBytes: 1_000 };
  const one = await stream({ workflow_id: shop.workflowId }, cut(same.join(''), 5_000), { limits: narrow });
  const { rows: chunks } = await sql<{ rows: number }>`
    select rows from import_chunk where task_id = ${one.taskId}::uuid order by id`.execute(scene.db);
  assert.deepEqual(
    chunks.map((chunk) => chunk.rows),
    [1_000, 1_000, 500],
  );
  await scene.drain();
  const found = (await scene.fieldsOf(shop)).find(({ email }) => email === 'same@x.example');
  assert.equal(found?.['_fname'], 'n2499');
});

test('a splitter holds no more than one line, and drops one that is too long', () => {
  const splitter = new LineSplitter(4);
  const texts = (piece: string): string[] =>
    [...splitter.push(Buffer.from(piece))].map((one) => ('tooLong' in one ? '!' : one.bytes.toString()));
  assert.deepEqual(texts('ab'), []);
  assert.deepEqual(texts('cd\n\nabcde'), ['abcd', '']);
  assert.deepEqual(texts('fgh'), []);
  assert.deepEqual(texts('\nx\ny'), ['!', 'x']);
  assert.deepEqual([...splitter.end()], [{ bytes: Buffer.from('y') }]);
  assert.deepEqual([...splitter.end()], []);
});

test('where too many rows wait, a new task is refused for as long as they seem to take', async () => {
  const shop = await scene.makeShop();
  await scene.drain();
  const { db, clock } = scene;
  const taskId = await scene.submit(
    shop,
    Array.from({ length: 100 }, (_, index) => ({ data: { email: `w${index}@x.example` } })),
  );
  await requireRoom(db, clock, 100);
  const retryAfter = async (limit: number): Promise<number | undefined> => {
    try {
      await requireRoom(db, clock, limit);
      return undefined;
    } catch (thrown) {
      assert.ok(isRefusal(429, /100 rows wait|60 rows wait/)(thrown) && thrown instanceof MusterError);
      return thrown.retryAfterSeconds;
    }
  };
  assert.equal(await retryAfter(99), 60);
  // 40 rows in 80 seconds.
  await sql`update task set created = 40, started_at = ${new Date(clock.now().getTime() - 80_000)}::timestamptz
             where id = ${taskId}::uuid`.execute(db);
  assert.equal(await retryAfter(60), undefined);
  assert.equal(await retryAfter(10), 100);
  assert.equal(await retryAfter(59), 2);
  await sql`update task set created = 1, unchanged = 39, started_at = ${new Date(clock.now().getTime() - 80_000_000)}::timestamptz
             where id = ${taskId}::uuid`.execute(db);
  assert.equal(await retryAfter(10), 3_600);
});
