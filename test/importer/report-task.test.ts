import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import type { JsonValue } from '../../src/base/index.ts';
import {
  cancelTask,
  type ReportFilter,
  type ReportRow,
  reportTask,
  streamReport,
} from '../../src/importer/index.ts';
import { createTestSignals } from '../support/test-signals.ts';
import { ImportScene, type Shop } from './import-scene.ts';

let scene: ImportScene;
before(async () => {
  scene = await ImportScene.open();
});
after(() => scene.close());

const anybody = (): boolean => true;

async function report(taskId: string, filter: ReportFilter = {}): Promise<readonly ReportRow[]> {
  const page = await reportTask(scene.db, taskId, anybody, { from: 0, limit: 1_000, ...filter });
  assert.ok(page !== undefined && page.nextFrom === undefined);
  return page.rows;
}

async function streamed(taskId: string): Promise<ReportRow[]> {
  const batches = await streamReport(scene.db, taskId, anybody, {});
  assert.ok(batches !== undefined);
  const rows: ReportRow[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

async function pages(taskId: string, limit: number, filter: ReportFilter = {}): Promise<ReportRow[]> {
  const rows: ReportRow[] = [];
  let from: number | undefined = 0;
  while (from !== undefined) {
    const page = await reportTask(scene.db, taskId, anybody, { from, limit, ...filter });
    assert.ok(page !== undefined && page.rows.length <= limit);
    rows.push(...page.rows);
    from = page.nextFrom;
  }
  return rows;
}

test('each item is told with its state, reason, place of the fault, row and run', async () => {
  const shop = await scene.makeShop({ reentry: 'not_inside' });
  const data: JsonValue = [
    { data: { email: 'a@x.ru' }, custom_data: { n: 1 } },
    { data: { email: 'a@x.ru', _fname: 'Ann' } },
    { data: { email: 'none' } },
    { email: 'b@x.ru', phones: 'x' },
    { data: { email: 'c@x.ru', subscriptions: [{ resource_id: 9999, email: 'c@x.ru' }] } },
    { data: { email: 'd@x.ru' }, content: 5 },
    { data: { _fname: 'nobody' } },
  ];
  const { status, results } = await scene.import(shop, data);
  const runs = await sql<{ id: string; item_index: number }>`
    select id, item_index from run where task_id = ${status.taskId}`.execute(scene.db);
  const rows = await report(status.taskId);
  assert.deepEqual(
    rows.map(({ item, state, start, pointer, run }) => [item, state, start, pointer, run?.status]),
    [
      [0, 'created', 'started', undefined, 'ended'],
      [1, 'updated', 'skipped_reentry', undefined, undefined],
      [2, 'invalid', undefined, '/data/email', undefined],
      [3, 'invalid', undefined, '/phones', undefined],
      [4, 'invalid', undefined, '/data/subscriptions/0/resource_id', undefined],
      [5, 'invalid', undefined, '/content', undefined],
      [6, 'invalid', undefined, '/data/email', undefined],
    ],
  );
  assert.deepEqual(
    rows.map(({ row }) => row),
    data,
  );
  assert.deepEqual(rows[0]?.run, { id: runs.rows[0]?.id, status: 'ended', node: 'end', reason: null });
  for (const [index, row] of rows.entries()) {
    const result = results[index];
    assert.deepEqual({ ...row, ...result }, row, `item ${index} says what the status says`);
  }
  assert.deepEqual(await streamed(status.taskId), rows);
  const { created, updated, invalid } = status.counters;
  assert.deepEqual([created, updated, invalid], [1, 1, 5]);
});

test('pages are in the order of the request though lanes deal the items out, and filters count by what is found', async () => {
  const shop = await scene.makeShop();
  // Several chunks in a lane, so that a page may begin in the midst of it.
  const data = Array.from({ length: 4_500 }, (_, index) => {
    const email = index % 100 === 7 ? 'none' : index % 3 === 0 ? `p${index}@x.ru` : 'one@x.ru';
    return { data: { email } };
  });
  const { status } = await scene.import(shop, data);
  const all = await streamed(status.taskId);
  assert.deepEqual(
    all.map(({ item, row }) => [item, row]),
    data.map((row, index) => [index, row]),
  );
  assert.deepEqual(await pages(status.taskId, 999), all);
  for (const from of [1, 1_999, 3_001, 4_499]) {
    const page = await reportTask(scene.db, status.taskId, anybody, { from, limit: 3 });
    assert.deepEqual(page?.rows, all.slice(from, from + 3), `from ${from}`);
  }
  const invalid = all.filter(({ state }) => state === 'invalid');
  assert.equal(invalid.length, 45);
  assert.deepEqual(await pages(status.taskId, 10, { states: ['invalid'] }), invalid);
  assert.deepEqual(await pages(status.taskId, 10, { codes: [400, 404] }), invalid);
  assert.deepEqual(await report(status.taskId, { codes: [404] }), []);
  assert.deepEqual(await report(status.taskId, { states: ['waiting'] }), []);
  const page = await reportTask(scene.db, status.taskId, anybody, { from: 4_500, limit: 3 });
  assert.deepEqual(page, { rows: [], nextFrom: undefined });
});

async function states(shop: Shop, taskId: string): Promise<Record<string, number>> {
  const rows = await report(taskId);
  const { counters } = await scene.status(taskId);
  const counted: Record<string, number> = {};
  for (const { state } of rows) counted[state] = (counted[state] ?? 0) + 1;
  assert.equal(rows.length, counters.total);
  assert.equal(counted['waiting'] ?? 0, counters.waiting);
  assert.equal(counted['created'] ?? 0, counters.created, `${shop.databaseId}`);
  return counted;
}

test('a report is there at any time: before, while the task runs, and after it was cancelled', async () => {
  const shop = await scene.makeShop();
  const data = Array.from({ length: 20 }, (_, index) => ({ data: { email: `p${index}@x.ru` } }));
  const taskId = await scene.submit(shop, data);
  assert.deepEqual(await states(shop, taskId), { waiting: 20 });
  const signals = createTestSignals();
  const held = signals.hold('import.after-commit');
  const drained = scene.drain(signals);
  await held.reached;
  const { created = 0, waiting = 0 } = await states(shop, taskId);
  assert.ok(created > 0 && waiting > 0);
  await cancelTask(scene, taskId, anybody);
  assert.deepEqual(await states(shop, taskId), { created, cancelled: waiting });
  const left = await report(taskId, { states: ['cancelled'] });
  assert.deepEqual(
    left.map(({ item, state, row }) => [item, state, row]),
    left.map(({ item }) => [item, 'cancelled', data[item]]),
  );
  held.release();
  await drained;
});

test('an audience is reported by the profiles that it was found to be', async () => {
  const shop = await scene.makeShop();
  await scene.import(shop, [{ data: { email: 'a@x.ru' } }, { data: { email: 'b@x.ru' } }]);
  const audience = { custom_request: { email: { $exists: true } } };
  const taskId = await scene.submit(shop, [{ data: { _fname: 'Ann' } }], audience);
  assert.deepEqual(await report(taskId), []);
  await scene.drain();
  const rows = await report(taskId);
  assert.deepEqual(
    rows.map(({ item, state, row }) => [item, state, row]),
    rows.map(({ profile_id: id = '' }, index) => [
      index,
      'updated',
      { data: { _fname: 'Ann' }, profile_id: id },
    ]),
  );
  const ids = (await scene.profiles(shop)).map(({ id }) => id);
  assert.deepEqual(rows.map((row) => row.profile_id).sort(), ids.sort());
});

test('a row that is not worth storing is null, and a foreign task is nothing', async () => {
  const shop = await scene.makeShop();
  let deep: JsonValue = 1;
  for (let level = 0; level < 40; level += 1) deep = [deep];
  const { status } = await scene.import(shop, [{ data: { email: 'a@x.ru', x: deep } }]);
  const [row] = await report(status.taskId);
  assert.deepEqual([row?.state, row?.error, row?.pointer, row?.row], ['invalid', 400, undefined, null]);
  const page = { from: 0, limit: 1 };
  assert.equal(await reportTask(scene.db, status.taskId, () => false, page), undefined);
  assert.equal(await streamReport(scene.db, status.taskId, () => false, {}), undefined);
});
