import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { getTaskStatus, listTasks, purgeTasks } from '../../src/importer/index.ts';
import { createTestSignals } from '../support/test-signals.ts';
import { countersOf, ImportScene, idsOf } from './import-scene.ts';

const DAY_MS = 86_400_000;
let scene: ImportScene;
before(async () => {
  scene = await ImportScene.open();
});
after(() => scene.close());

test('results come in the order of the request, whole or by page, though lanes deal the items out', async () => {
  const shop = await scene.makeShop();
  const addresses = Array.from({ length: 40 }, (_, index) => (index % 7 === 3 ? 'none' : `p${index}@x.ru`));
  const data = addresses.map((email) => ({ data: { email } }));
  const taskId = await scene.submit(shop, data);
  const { rows } = await sql`select count(distinct lane) > 4 as many from import_chunk`.execute(scene.db);
  assert.deepEqual(rows, [{ many: true }]);
  await scene.drain();
  const { results, status } = await scene.imported(taskId);
  const emails = new Map((await scene.profiles(shop)).map(({ id, fields }) => [id, fields['email']]));
  assert.deepEqual(
    results.map((result) => ('profile_id' in result ? emails.get(result.profile_id) : 'none')),
    addresses,
  );
  assert.deepEqual(countersOf(status), { total: 40, created: 34, invalid: 6, started: 34 });
  const page = async (from: number, limit: number) => (await scene.status(taskId, { from, limit })).result;
  assert.deepEqual(await page(10, 5), results.slice(10, 15));
  assert.deepEqual(await page(38, 5), results.slice(38));
  assert.deepEqual(await page(40, 5), []);
  assert.equal(await page(0, 0), undefined);
});

test('a task tells its place, its progress and how long it will take', async () => {
  const shop = await scene.makeShop();
  const data = Array.from({ length: 20 }, (_, index) => ({ data: { email: `p${index}@x.ru` } }));
  const first = await scene.submit(shop, data);
  scene.clock.advance(1);
  const second = await scene.submit(shop, [{ data: { email: 'z@x.ru' } }]);
  const twin = await scene.submit(shop, [{ data: { email: 'z@x.ru' } }]);
  const pending = await scene.status(first);
  assert.deepEqual(
    [pending.status, pending.progress, pending.queuePlace, pending.rowsPerSecond, pending.secondsLeft],
    ['pending', 0, 1, null, null],
  );
  assert.deepEqual(countersOf(pending), { total: 20, waiting: 20 });
  const places = [(await scene.status(second)).queuePlace, (await scene.status(twin)).queuePlace];
  assert.deepEqual(places.sort(), [2, 3]);

  const signals = createTestSignals();
  const claimed = signals.hold('import.claimed');
  const drained = scene.drain(signals);
  await claimed.reached;
  scene.clock.advance(1_000);
  const committed = signals.hold('import.after-commit');
  claimed.release();
  await committed.reached;
  const under = await scene.status(first);
  const done = 20 - under.counters.waiting;
  assert.ok(done > 0 && done < 20);
  assert.deepEqual(
    [under.status, under.progress, under.queuePlace, under.result],
    ['processing', done * 5, 1, undefined],
  );
  assert.equal(under.rowsPerSecond, done);
  assert.equal(under.secondsLeft, Math.round(((20 - done) / done) * 10) / 10);
  assert.deepEqual(countersOf(under), { total: 20, waiting: 20 - done, created: done, started: done });
  committed.release();
  await drained;

  const { status } = await scene.imported(first);
  assert.deepEqual([status.progress, status.queuePlace, status.secondsLeft], [100, null, 0]);
  assert.equal(status.finishedAt?.getTime(), scene.clock.now().getTime());
  assert.deepEqual((await scene.imported(second)).status.counters.created, 1);
});

test('lists go by pages, the last accepted first, of the databases that are asked for', async () => {
  const [shop, other] = [await scene.makeShop(), await scene.makeShop()];
  const taskIds: string[] = [];
  for (const where of [shop, other, shop, shop]) {
    scene.clock.advance(1);
    taskIds.push(await scene.submit(where, [{ data: { email: 'a@x.ru' } }]));
  }
  const [a, , b, c] = taskIds;
  const databaseIds = [shop.databaseId];
  const page = await listTasks(scene.db, scene.clock, { databaseIds, limit: 2 });
  assert.deepEqual(
    page.tasks.map((task) => task.taskId),
    [c, b],
  );
  const { next } = page;
  assert.ok(next !== undefined && next === b);
  const last = await listTasks(scene.db, scene.clock, { databaseIds, limit: 2, after: next });
  assert.deepEqual(
    last.tasks.map((task) => task.taskId),
    [a],
  );
  assert.equal(last.next, undefined);
  await scene.drain();
});

test('finished tasks are deleted when they expire, some at a time; profiles and runs stay', async () => {
  const shop = await scene.makeShop();
  scene.clock.advance(1);
  const done = await scene.import(shop, [{ data: { email: 'a@x.ru' } }, { data: { email: 'b@x.ru' } }]);
  scene.clock.advance(1);
  const young = (await scene.import(shop, [{ data: { email: 'c@x.ru' } }])).status.taskId;
  const unfinished = await scene.submit(shop, [{ data: { email: 'd@x.ru' } }]);
  const expired = new Date(done.status.expiresAt.getTime() + 1);
  assert.equal(done.status.expiresAt.getTime(), done.status.acceptedAt.getTime() + 30 * DAY_MS);

  const before = await scene.profiles(shop);
  while ((await purgeTasks(scene.db, done.status.expiresAt, 100)) > 0);
  assert.ok(
    (await getTaskStatus(scene.db, scene.clock, done.status.taskId, { from: 0, limit: 1 })) !== undefined,
  );
  assert.equal(await purgeTasks(scene.db, expired, 100), 1);
  const { rows } = await sql<{ id: string; chunks: number }>`
    select t.id, (select count(*) from import_chunk c where c.task_id = t.id) as chunks
      from task t where t.database_id = ${shop.databaseId} order by t.accepted_at, t.finished_at`.execute(
    scene.db,
  );
  assert.deepEqual(rows, [
    { id: young, chunks: 1 },
    { id: unfinished, chunks: 1 },
  ]);
  const { rows: orphans } = await sql`
    select count(*) as chunks from import_chunk where task_id not in (select id from task)`.execute(scene.db);
  assert.deepEqual(orphans, [{ chunks: 0 }]);
  // However late: what was accepted is imported first.
  assert.equal(await purgeTasks(scene.db, new Date(expired.getTime() + 99 * DAY_MS), 1), 1);
  assert.equal(await purgeTasks(scene.db, new Date(expired.getTime() + 99 * DAY_MS), 1), 0);
  assert.deepEqual(await scene.profiles(shop), before);
  assert.equal((await scene.runs(shop)).length, idsOf(done.results).length + 1);
  await scene.drain();
  await scene.imported(unfinished);
});
