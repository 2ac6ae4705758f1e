import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type JsonObject, success } from '../../src/base/index.ts';
import type { InputRow } from '../../src/cli/import/input-row.ts';
import { Journal } from '../../src/cli/import/journal.ts';
import { detectFormat } from '../../src/cli/import/open-rows.ts';
import { detectDelimiter, readCsv } from '../../src/cli/import/read-csv.ts';
import { readJsonArray, readNdjson } from '../../src/cli/import/read-json.ts';
import { type SendDeps, sendBatches } from '../../src/cli/import/send-batches.ts';
import { splitBatches } from '../../src/cli/import/split-batches.ts';
import { ServerClient } from '../../src/cli/remote/server-client.ts';
import { quickClock } from './run-muster.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-cli-'));
});
after(() => rm(folder, { recursive: true }));

/** The text in pieces of so many characters. */
async function* inPieces(text: string, length: number): AsyncGenerator<string> {
  for (let start = 0; start < text.length; start += length) yield text.slice(start, start + length);
}

async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

function items(rows: readonly InputRow[]): string[] {
  return rows.map(({ item }) => (item.ok ? item.value : `! ${item.error}`));
}

test('the elements of an array are found however its text is cut', async () => {
  const text = ' [ {"a":"],[\\"}{"}, {"b":[1,{"c":2}]} ,3, {"d":} ] \n';
  for (const length of [1, 2, 3, 7, 1000]) {
    const rows = await gather(readJsonArray('a.json', inPieces(text, length)));
    assert.deepEqual(items(rows), [
      '{"a":"],[\\"}{"}',
      '{"b":[1,{"c":2}]}',
      '! expected a JSON object',
      '! not valid JSON',
    ]);
  }
  assert.deepEqual(await gather(readJsonArray('a.json', inPieces('[]', 1))), []);
  await assert.rejects(
    gather(readJsonArray('a.json', inPieces('[{"a":1}', 3))),
    /the JSON array is not closed/,
  );
  await assert.rejects(gather(readJsonArray('a.json', inPieces('{"a":1}', 3))), /expected a JSON array/);
  await assert.rejects(gather(readJsonArray('a.json', inPieces('[1] 2', 9))), /expected a JSON array/);
});

test('lines are numbered as an editor does, and end anywhere', async () => {
  const rows = await gather(readNdjson(inPieces('{"a":1}\r\n\n{"muster_line":"4","b":2}', 4)));
  assert.deepEqual(
    rows.map(({ place, item }) => [place, item]),
    [
      [1, success('{"a":1}')],
      [3, success('{"b":2}')],
    ],
  );
});

test('rows of a table become items, empty cells nothing, short rows faults', async () => {
  const text =
    'email;name;promo;note;muster_error\r\n"a;b@x.ru";"two\nlines";A1;x;old\r\nc@x.ru;;;\r\n\r\nd@x.ru;"";;;\r\n';
  const { header, rows } = await readCsv('a.csv', inPieces(text, 5), ';', {
    maps: ['name=_fname', 'promo=content.code'],
    skipped: ['note'],
  });
  assert.deepEqual(header, ['email', 'name', 'promo', 'note', 'muster_error']);
  const all = await gather(rows);
  assert.deepEqual(items(all), [
    '{"data":{"email":"a;b@x.ru","_fname":"two\\nlines"},"content":{"code":"A1"}}',
    '! expected 5 columns, got 4',
    '{"data":{"email":"d@x.ru"}}',
  ]);
  assert.deepEqual(
    all.map(({ place }) => place),
    [3, 4, 6],
  );
});

test('the delimiter and the format are told from the file', () => {
  assert.equal(detectDelimiter('"a;b;c;d",e,f\n1;2;3;4;5'), ',');
  assert.equal(detectDelimiter('a\tb\r\n'), '\t');
  assert.equal(detectDelimiter('one'), ',');
  const cases = [
    ['a.csv', '[', 'csv'],
    ['a.TSV', 'a', 'csv'],
    ['a.jsonl', '{', 'ndjson'],
    ['a.json', ' \n[', 'json'],
    ['a.json', '{', 'ndjson'],
    ['muster-stdin-1', '[', 'json'],
    ['muster-stdin-1', '{', 'ndjson'],
    ['muster-stdin-1', 'email', 'csv'],
  ] as const;
  for (const [path, head, format] of cases) assert.equal(detectFormat(path, head), format, path + head);
});

function row(text: string): InputRow {
  return { place: 1, source: text, item: success(text) };
}

async function* rowsOf(...texts: string[]): AsyncGenerator<InputRow> {
  for (const text of texts) yield row(text);
}

test('batches end by rows and by bytes', async () => {
  const sizes = async (size: number, bytes: number) =>
    (await gather(splitBatches(rowsOf('"1"', '"2"', '"3"', '"4"', '"5"'), size, bytes))).map(
      ({ data }) => data,
    );
  assert.deepEqual(await sizes(2, 1_000), ['["1","2"]', '["3","4"]', '["5"]']);
  assert.deepEqual(await sizes(100, 12), ['["1","2","3"]', '["4","5"]']);
  assert.deepEqual(await sizes(100, 1), ['["1"]', '["2"]', '["3"]', '["4"]', '["5"]']);
});

test('a journal goes on after half a line, with the ids that it had', async () => {
  const path = join(folder, 'a.muster-journal');
  const at = new Date('2026-01-01T00:00:00Z');
  const first = await Journal.open(path, 'settings');
  const requestId = first.requestIdOf(1);
  await first.begin(0, 'hash0', 'me', at);
  await first.accept(0, 'task0');
  await first.end(0, { total: 2 });
  await first.begin(1, 'hash1', 'me', at);
  await first.begin(2, 'hash2', 'me', at);
  await first.refuse(2);
  await first.close();
  const whole = await readFile(path, 'utf8');
  await writeFile(path, `${whole}{"event":"accepted","batch":1,"task`);

  const second = await Journal.open(path, 'settings');
  assert.equal(second.requestIdOf(1), requestId);
  assert.deepEqual(
    [...second.records],
    [
      [0, { hash: 'hash0', sender: 'me', begunAt: at, taskId: 'task0', counters: { total: 2 } }],
      [1, { hash: 'hash1', sender: 'me', begunAt: at }],
    ],
  );
  await second.accept(1, 'task1');
  await second.close();
  assert.equal(await readFile(path, 'utf8'), `${whole}{"event":"accepted","batch":1,"task_id":"task1"}\n`);
  await assert.rejects(Journal.open(path, 'others'), /begun with other settings/);
});

test('a batch without an answer is not sent again when the server cannot know it any more', async () => {
  const journal = await Journal.open(join(folder, 'late.muster-journal'), 'settings');
  const batches = () => splitBatches(rowsOf('{"email":"a@x.ru"}'), 10);
  const [batch] = await gather(batches());
  assert.ok(batch);
  const begunAt = new Date('2026-01-01T00:00:00Z');
  await journal.begin(0, batch.hash, 'me', begunAt);
  const client = new ServerClient(
    { url: 'http://127.0.0.1:9', token: 'none' },
    { clock: quickClock, signal: new AbortController().signal, patienceMs: 0, faultPatienceMs: 0 },
  );
  const deps: SendDeps = {
    ...{ client, journal, sender: 'me', resend: false, signal: new AbortController().signal },
    now: () => new Date('2026-01-02T00:00:00Z'),
  };
  const envelope: JsonObject = { workflow_id: 1 };
  const send = (more: Partial<SendDeps>) =>
    sendBatches({ ...deps, ...more }, envelope, batches(), 1, () => {});
  await assert.rejects(
    send({}),
    /batch 1 was sent at 2026-01-01T00:00:00.000Z, and whether it arrived is not known/,
  );
  await assert.rejects(send({ now: () => begunAt, sender: 'you' }), /batch 1 was sent with another token/);
  // That it is sent again is seen from that nobody is there.
  await assert.rejects(send({ now: () => begunAt }), /cannot be reached/);
  await assert.rejects(send({ resend: true }), /cannot be reached/);
  await journal.remove();
});
