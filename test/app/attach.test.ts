import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import type { JsonObject, JsonValue } from '../../src/base/index.ts';
import { IMPORT, TestMuster, TOKEN } from './test-muster.ts';

const NOW = '/api/v1.1/workflows/import_and_start_batch';
const hello = Buffer.from('hello').toString('base64');
let muster: TestMuster;
before(async () => {
  muster = await TestMuster.start();
  await sql`update workflow set reentry = 'each'`.execute(muster.db);
});
beforeEach(async () => {
  await sql`truncate run, run_context, file, file_piece, file_content cascade`.execute(muster.db);
});
after(() => muster.stop());

async function send(path: string, body: JsonObject, token = TOKEN): Promise<JsonObject> {
  return (await muster.post(path, JSON.stringify({ token, workflow_id: 1, ...body }))).json;
}

async function upload(token = TOKEN): Promise<string> {
  const body = { token, header: 'offer.txt', data: `data:text/plain;base64,${hello}` };
  const { json } = await muster.post('/api/v1.1/file_upload', JSON.stringify(body));
  return String(Object(json['data'])['file']);
}

/** The attachments of each run, its own or those of its request, without their ids; and how many contents are stored. */
async function stored(): Promise<{ runs: JsonValue[]; contents: number }> {
  const { rows } = await sql<{ attach: JsonValue; profile: string }>`
    select (select jsonb_agg(a.value - 'file' order by a.ord)
              from jsonb_array_elements(coalesce(r.attach, c.attach)) with ordinality a(value, ord)) as attach
      from run r left join run_context c on c.id = r.context_id
     order by r.item_index, r.id`.execute(muster.db);
  const contents = await sql<{ n: number }>`select count(*) as n from file_content`.execute(muster.db);
  return { runs: rows.map(({ attach }) => attach), contents: Number(contents.rows[0]?.n) };
}

const text = { name: 'a.txt', mimetype: 'text/plain', size: 5 };

test('attachments of a request are stored once, those of an item win', async () => {
  const accepted = await send(IMPORT, {
    attach: [{ name: 'a.txt', data: `data:text/plain;base64,${hello}` }],
    data: [
      { data: { email: 'a@x.ru' } },
      { data: { email: 'b@x.ru' }, attach: [{ name: 'b.bin', data: hello }, { flie_key: await upload() }] },
      { data: { email: 'c@x.ru' } },
    ],
  });
  assert.equal(accepted['error'], 0, JSON.stringify(accepted));
  await muster.idle();
  const own = [
    { name: 'b.bin', mimetype: 'application/octet-stream', size: 5 },
    { name: 'offer.txt', mimetype: 'text/plain', size: 5 },
  ];
  assert.deepEqual(await stored(), { runs: [[text], own, [text]], contents: 1 });
});

test('an item whose attachments cannot be had fails alone, in a task and at once', async () => {
  const { token } = await muster.make('/tokens', { name: 't', rights: ['import'], database_ids: [1] });
  const { id: other } = await muster.make('/databases', { name: 'other' });
  const stranger = await muster.make('/tokens', {
    ...{ name: 's', rights: ['import'], database_ids: [other ?? null] },
  });
  const data = [
    { data: { email: 'a@x.ru' }, attach: [{ name: 'a', data: '?' }] },
    { data: { email: 'b@x.ru' }, attach: [{ file_key: '30421978-7f6d-4f39-913f-fb6cad8e2477' }] },
    { data: { email: 'c@x.ru' }, attach: [{ file_key: await upload(String(stranger['token'])) }] },
    { data: { email: 'd@x.ru' }, attach: [{ name: 'a.txt', mimetype: 'text/plain', data: hello }] },
  ];
  const answer = await send(NOW, { data }, String(token));
  const results = answer['result'];
  assert.ok(Array.isArray(results), JSON.stringify(answer));
  assert.deepEqual(
    results.map((result) => [Object(result)['error'], Object(result)['field']]),
    [
      [400, 'attach'],
      [400, 'attach'],
      [400, 'attach'],
      [0, undefined],
    ],
  );
  assert.deepEqual((await stored()).runs, [[text]]);
  const task = await muster.post(IMPORT, JSON.stringify({ token, workflow_id: 1, data }));
  const { json } = await muster.completed(task);
  const counters = Object(Object(json['data'])['counters']);
  assert.deepEqual([counters['invalid'], counters['started']], [3, 1]);
});

test('a request whose own attachments cannot be had is refused, and an audience gets the error of its item', async () => {
  const data = [{ data: { email: 'a@x.ru' } }];
  for (const attach of [
    'x',
    [{ name: 'a', data: '?' }],
    [{ file_key: '30421978-7f6d-4f39-913f-fb6cad8e2477' }],
  ]) {
    for (const path of [IMPORT, NOW]) {
      const answer = await send(path, { attach, data });
      assert.equal(answer['error'], 400, JSON.stringify(answer));
      assert.match(String(answer['error_debug']), /^attach/);
    }
  }
  assert.deepEqual(await stored(), { runs: [], contents: 0 });
  await send(NOW, { data });
  const audience = {
    custom_request: { email: 'a@x.ru' },
    data: { data: {}, attach: [{ name: 'a', data: '?' }] },
  };
  const task = await muster.post(IMPORT, JSON.stringify({ token: TOKEN, workflow_id: 1, ...audience }));
  const { text: answer } = await muster.completed(task);
  assert.match(answer, /"error":400,"error_text":"attach\[0\]/);
});
