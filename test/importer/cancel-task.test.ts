import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { MusterError } from '../../src/base/index.ts';
import { cancelTask, type TaskStatus } from '../../src/importer/index.ts';
import { createTestSignals } from '../support/test-signals.ts';
import { assertClosed, countersOf, ImportScene, type Shop } from './import-scene.ts';

let scene: ImportScene;
before(async () => {
  scene = await ImportScene.open();
});
after(() => scene.close());

const anybody = (): boolean => true;

function people(count: number): { data: { email: string } }[] {
  return Array.from({ length: count }, (_, index) => ({ data: { email: `p${index}@x.ru` } }));
}

/** Resolves when a backend of this database waits for another's lock. */
async function untilBlocked(): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ waiting: number }>`
      select count(*) as waiting from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`.execute(scene.db);
    if ((rows[0]?.waiting ?? 0) > 0) return;
  }
}

/** Cancels the task while a worker is about to commit a part of it; `goOn` lets the worker do what is left for it. */
async function cancelAmidst(taskId: string): Promise<{ status: TaskStatus; goOn: () => Promise<void> }> {
  const signals = createTestSignals();
  const inside = signals.hold('import.before-commit');
  const drained = scene.drain(signals);
  await inside.reached;
  const cancelled = cancelTask(scene, taskId, anybody);
  await untilBlocked();
  const behind = signals.hold('import.after-commit');
  inside.release();
  const status = await cancelled;
  await behind.reached;
  assert.ok(status !== undefined);
  const goOn = async (): Promise<void> => {
    behind.release();
    await drained;
  };
  return { status, goOn };
}

async function assertLanesFree(shop: Shop): Promise<void> {
  const { rows } = await sql`
    select from import_lane where database_id = ${shop.databaseId}
       and (claim_token is not null or due_at > ${scene.clock.now()})`.execute(scene.db);
  assert.equal(rows.length, 0);
}

test('a task that nobody has begun is cancelled as a whole, and its place is the next one’s', async () => {
  const shop = await scene.makeShop();
  const taskId = await scene.submit(shop, people(20));
  const next = await scene.submit(shop, people(3));
  const status = await cancelTask(scene, taskId, anybody);
  assert.ok(status !== undefined);
  assert.deepEqual(
    [status.status, status.progress, status.secondsLeft, status.queuePlace, status.startedAt],
    ['cancelled', 0, 0, null, null],
  );
  assert.deepEqual(countersOf(status), { total: 20, cancelled: 20 });
  assert.equal(status.finishedAt?.getTime(), scene.clock.now().getTime());
  await scene.drain();
  assert.equal((await scene.profiles(shop)).length, 3);
  await scene.imported(next);
  const { result } = await scene.status(taskId);
  const told = { error: 409, error_text: 'not imported: the task was cancelled before this item' };
  assert.deepEqual(result, Array(20).fill(told));
  assert.deepEqual({ ...(await cancelTask(scene, taskId, anybody)), result }, await scene.status(taskId));
});

test('the part that a worker is in the middle of is waited for and stays done, the rest is not begun', async () => {
  const shop = await scene.makeShop({ rests: true });
  const taskId = await scene.submit(shop, people(20));
  const { status, goOn } = await cancelAmidst(taskId);
  assertClosed(status.counters);
  const { created, cancelled: left } = status.counters;
  assert.ok(created > 0 && left > 0);
  assert.deepEqual(countersOf(status), { total: 20, created, cancelled: left, started: created });
  assert.deepEqual([status.status, status.progress], ['cancelled', created * 5]);
  await goOn();
  assert.equal((await scene.profiles(shop)).length, created);
  assert.deepEqual(await scene.status(taskId, { from: 0, limit: 0 }), status);
  // Runs that were started go on, and are told of.
  assert.deepEqual(status.runs, { active: 0, waiting: created, ended: 0, failed: 0 });
  const { result } = await scene.status(taskId);
  assert.equal(result?.filter((item) => 'profile_id' in item).length, created);
  await assertLanesFree(shop);
});

test('a worker that has claimed a lane and not begun finds nothing to do, and the lane is free at once', async () => {
  const shop = await scene.makeShop();
  const taskId = await scene.submit(shop, [{ data: { email: 'a@x.ru' } }]);
  const signals = createTestSignals();
  const held = signals.hold('import.claimed');
  const settled = signals.until('import', 'settled');
  const drained = scene.drain(signals);
  await held.reached;
  assert.equal((await cancelTask(scene, taskId, anybody))?.status, 'cancelled');
  await assertLanesFree(shop);
  const next = await scene.submit(shop, [{ data: { email: 'a@x.ru', _fname: 'Ann' } }]);
  held.release();
  assert.equal(await settled, 0);
  await drained;
  assert.deepEqual(countersOf((await scene.imported(next)).status), { total: 1, created: 1, started: 1 });
  assert.deepEqual(countersOf(await scene.status(taskId)), { total: 1, cancelled: 1 });
});

test('a worker that waits for its lane while the task is cancelled imports nothing of it', async () => {
  const shop = await scene.makeShop();
  const taskId = await scene.submit(shop, [{ data: { email: 'a@x.ru' } }]);
  const signals = createTestSignals();
  const held = signals.hold('import.claimed');
  const drained = scene.drain(signals);
  await held.reached;
  const status = await cancelTask(scene, taskId, anybody, async () => {
    held.release();
    await untilBlocked();
  });
  assert.equal(status?.status, 'cancelled');
  await drained;
  assert.deepEqual(await scene.profiles(shop), []);
  assert.deepEqual(countersOf(await scene.status(taskId)), { total: 1, cancelled: 1 });
  await assertLanesFree(shop);
});

test('an audience is cancelled before it is found, and while it is', async () => {
  const shop = await scene.makeShop();
  await scene.import(shop, people(30));
  const audience = { custom_request: { email: { $exists: true } } };
  const unborn = await scene.submit(shop, [{ data: { _fname: 'Ann' } }], audience);
  const empty = await cancelTask(scene, unborn, anybody);
  assert.deepEqual([empty?.status, empty?.counters.total], ['cancelled', 0]);
  assert.deepEqual((await scene.status(unborn)).result, []);

  const taskId = await scene.submit(shop, [{ data: { _fname: 'Ann' } }], audience);
  const { status, goOn } = await cancelAmidst(taskId);
  await goOn();
  assert.deepEqual(countersOf(status), { total: 30, cancelled: 30 });
  assert.ok((await scene.fieldsOf(shop)).every(({ _fname }) => _fname === undefined));
});

test('a task whose rows still come in is closed by it', async () => {
  const shop = await scene.makeShop();
  const taskId = await scene.submit(shop, people(5));
  await sql`update task set is_open = true where id = ${taskId}`.execute(scene.db);
  await sql`update import_chunk set is_held = true where task_id = ${taskId}`.execute(scene.db);
  const status = await cancelTask(scene, taskId, anybody);
  assert.ok(status !== undefined);
  assert.deepEqual(countersOf(status), { total: 5, cancelled: 5 });
  const { rows } = await sql`select is_open from task where id = ${taskId}`.execute(scene.db);
  assert.deepEqual(rows, [{ is_open: false }]);
  await scene.drain();
  assert.deepEqual(await scene.profiles(shop), []);
});

test('two who cancel at once, and a crash before the commit, leave a closed ledger', async () => {
  const shop = await scene.makeShop();
  const taskId = await scene.submit(shop, people(20));
  const crash = cancelTask(scene, taskId, anybody, async () => {
    throw new Error('crash');
  });
  await assert.rejects(crash, /crash/);
  assert.deepEqual(countersOf(await scene.status(taskId)), { total: 20, waiting: 20 });
  const both = await Promise.all([1, 2].map(() => cancelTask(scene, taskId, anybody)));
  for (const status of both) assert.deepEqual(status && countersOf(status), { total: 20, cancelled: 20 });
});

test('a completed task is a conflict; what is not there or not the caller’s is nothing', async () => {
  const shop = await scene.makeShop();
  const { status } = await scene.import(shop, people(1));
  await assert.rejects(
    cancelTask(scene, status.taskId, anybody),
    (fault) => fault instanceof MusterError && fault.code === 409,
  );
  const foreign = await scene.submit(shop, people(1));
  assert.equal(await cancelTask(scene, foreign, (databaseId) => databaseId !== shop.databaseId), undefined);
  assert.equal((await scene.status(foreign)).counters.waiting, 1);
  assert.equal(await cancelTask(scene, '30421978-7f6d-4f39-913f-fb6cad8e2477', anybody), undefined);
});
