import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { changeHook, purgeEventLog, readLag, replayStretch } from '../../src/hooks/index.ts';
import { createHookScene, eventOf, eventsOf, type HookScene, idsOf } from './hook-scene.ts';

let scene: HookScene;
before(async () => {
  scene = await createHookScene();
});
beforeEach(() => scene.clear());
after(() => scene.drop());

const url = 'http://127.0.0.1:9/';
const ALL = { types: null, databaseIds: null, workflowIds: null, resourceIds: null };

function many(count: number, type = 'a') {
  return Array.from({ length: count }, () => eventOf(type));
}

async function cutSizes(): Promise<number[]> {
  await scene.cut();
  return (await scene.deliveries()).map(({ events }) => events);
}

/** The events of all deliveries, in the order of these. */
async function toldIds(): Promise<string[]> {
  return (await scene.deliveries()).flatMap(({ body }) => idsOf(eventsOf(body)));
}

test('a full batch goes at once, the rest when its oldest event has waited long enough', async () => {
  await scene.addHook({ url, batchSize: 10, batchTimeoutSeconds: 60 });
  await scene.emit(many(25));
  assert.deepEqual(await cutSizes(), [10, 10]);
  scene.clock.advance(30_000);
  await scene.emit(many(2));
  assert.deepEqual(await cutSizes(), [10, 10]);
  scene.clock.advance(29_999);
  assert.deepEqual(await cutSizes(), [10, 10]);
  scene.clock.advance(1);
  assert.deepEqual((await cutSizes()).sort(), [10, 10, 7]);
  const told = (await scene.deliveries()).flatMap(({ body }) => idsOf(eventsOf(body)));
  assert.deepEqual(told.sort(), idsOf(await scene.feed()).sort());
});

test('one cut goes over many rows of the log: each event once, in the order of the feed', async () => {
  await scene.addHook({ url, batchSize: 4, batchTimeoutSeconds: 60 });
  // Rows that end inside a batch, with it, and that are many batches.
  for (const count of [3, 1, 4, 2, 17, 1, 1, 8, 1]) await scene.emit(many(count));
  assert.deepEqual(await cutSizes(), Array(9).fill(4));
  const ids = idsOf(await scene.feed());
  assert.deepEqual(await toldIds(), ids.slice(0, 36));
  scene.clock.advance(60_000);
  await scene.cut();
  assert.deepEqual(await toldIds(), ids);
});

test('a batch that fills up while it waits goes at once', async () => {
  await scene.addHook({ url, batchSize: 10, batchTimeoutSeconds: 3_600 });
  await scene.emit(many(6));
  assert.deepEqual(await cutSizes(), []);
  await scene.emit(many(4));
  assert.deepEqual(await cutSizes(), [10]);
});

test('a hook is told what its filters let through, and a new one what comes after it', async () => {
  await scene.emit([eventOf('a')]);
  const hooks = [
    await scene.addHook({ url, filter: { ...ALL, types: ['b', 'own'] } }),
    await scene.addHook({ url, filter: { ...ALL, databaseIds: [2] } }),
    await scene.addHook({ url, filter: { ...ALL, workflowIds: [5] } }),
    await scene.addHook({ url, filter: { ...ALL, resourceIds: [6, 7] } }),
    await scene.addHook({ url }),
    await scene.addHook({ url }, { since: '1-0' }),
  ];
  await scene.emit([eventOf('b'), eventOf('a', { workflowId: 5 }), eventOf('c', { resourceId: 7 })], 1);
  await scene.emit([eventOf('own'), eventOf('a', { resourceId: 8 })], 2);
  await scene.cut();
  const deliveries = await scene.deliveries();
  const told = hooks.map(({ hook }) =>
    deliveries
      .filter((delivery) => delivery.hook_id === hook.id)
      .flatMap(({ body }) => eventsOf(body).map((event) => `${event['list_id']} ${event['event_type']}`)),
  );
  assert.deepEqual(told, [
    ['1 b', '2 own'],
    ['2 own', '2 a'],
    ['1 a'],
    ['1 c'],
    ['1 b', '1 a', '1 c', '2 own', '2 a'],
    ['1 a', '1 b', '1 a', '1 c', '2 own', '2 a'],
  ]);
});

test('custom_data of the hook stands under that of the request', async () => {
  await scene.addHook({ url, customData: { shop: 'main', order: 0 } });
  await scene.emit([eventOf('a', { customData: { order: 7 } }), eventOf('a')]);
  await scene.cut();
  const [delivery] = await scene.deliveries();
  assert.deepEqual(
    eventsOf(delivery?.body ?? '').map((event) => event['custom_data']),
    [
      { shop: 'main', order: 7 },
      { shop: 'main', order: 0 },
    ],
  );
});

test('a hook that has many deliveries not done waits; nothing is lost', async () => {
  const { hook } = await scene.addHook({ url, batchSize: 1 });
  await scene.emit(many(130));
  assert.equal((await cutSizes()).length, 100);
  const lag = await readLag(scene.db, hook);
  assert.deepEqual([lag.events, lag.isMore, lag.queued, lag.parked], [30, false, 100, 0]);
  assert.equal(lag.oldestAt?.getTime(), scene.clock.now().getTime());
  await sql`update hook_delivery set status = 'done', due_at = null`.execute(scene.db);
  assert.equal((await cutSizes()).length, 130);
  const told = (await scene.deliveries()).flatMap(({ body }) => idsOf(eventsOf(body)));
  assert.deepEqual(told.sort(), idsOf(await scene.feed()).sort());
});

test('a hook may have a few deliveries that are not done whatever their size, and more while they are small', async () => {
  const { hook } = await scene.addHook({ url, batchSize: 1 });
  const large = eventOf('large', { data: { text: 'x'.repeat(1_000_000) } });
  await scene.emit(Array.from({ length: 25 }, () => large));
  assert.equal((await cutSizes()).length, 20);
  assert.equal((await readLag(scene.db, hook)).events, 5);
  await sql`update hook_delivery set status = 'done', due_at = null`.execute(scene.db);
  assert.equal((await cutSizes()).length, 25);
});

test('a hook that is switched off waits in the log, also for what is deleted meanwhile, and says so', async () => {
  const { db, vault, clock } = scene;
  const { hook } = await scene.addHook({ url });
  const deps = { db, vault, clock };
  await changeHook(deps, hook.id, (now) => ({ ...now, isActive: false }));
  await scene.emit(many(3));
  assert.deepEqual(await cutSizes(), []);
  await changeHook(deps, hook.id, (now) => ({ ...now, isActive: true }));
  assert.deepEqual(await cutSizes(), [3]);
  await changeHook(deps, hook.id, (now) => ({ ...now, isActive: false }));
  await scene.emit(many(4));
  clock.advance(31 * 86_400_000);
  await purgeEventLog(db, clock.now(), 30, 100);
  const again = await changeHook(deps, hook.id, (now) => ({ ...now, isActive: true }));
  assert.equal(again.missedAt, null);
  await scene.emit(many(5));
  assert.deepEqual((await cutSizes()).sort(), [3, 5]);
  const seen = await changeHook(deps, hook.id, (now) => now);
  assert.equal(seen.missedAt?.getTime(), clock.now().getTime());
});

test('two processes that cut at once make each delivery once', async () => {
  await scene.addHook({ url, batchSize: 3 });
  await scene.addHook({ url, batchSize: 4 });
  await scene.emit(many(24));
  await Promise.all([scene.cut(), scene.cut(), scene.cut()]);
  const deliveries = await scene.deliveries();
  assert.equal(deliveries.length, 8 + 6);
  const told = deliveries.flatMap(({ hook_id: id, body }) =>
    idsOf(eventsOf(body)).map((event) => `${id} ${event}`),
  );
  assert.equal(new Set(told).size, 48);
});

test('a stretch of the log is told again with the same ids, and the hook goes on where it was', async () => {
  const { db, clock } = scene;
  const { hook } = await scene.addHook({ url, batchSize: 4, batchTimeoutSeconds: 3_600 });
  await scene.emit(many(4));
  clock.advance(60_000);
  const from = clock.now().toISOString();
  await scene.emit(many(8));
  await scene.cut();
  const first = (await scene.deliveries()).map(({ id }) => id);
  assert.equal(first.length, 3);
  await replayStretch({ db, clock }, hook.id, { from, to: undefined });
  await scene.cut();
  const again = (await scene.deliveries()).filter(({ id }) => !first.includes(id));
  const ids = idsOf(await scene.feed());
  assert.deepEqual(again.flatMap(({ body }) => idsOf(eventsOf(body))).sort(), ids.slice(4).sort());
  await replayStretch({ db, clock }, hook.id, { from: '1-1', to: '1-3' });
  await scene.emit(many(4));
  await scene.cut();
  const last = (await scene.deliveries()).filter(
    ({ id }) => ![...first, ...again.map((one) => one.id)].includes(id),
  );
  assert.deepEqual(last.map(({ events }) => events).sort(), [2, 4]);
  const { rows } = await sql`select 1 from hook_cursor`.execute(db);
  assert.equal(rows.length, 1, 'a replay leaves nothing behind');
  await assert.rejects(replayStretch({ db, clock }, hook.id, { from: 'end', to: undefined }), {
    detail: /expected a place before/,
  });
});

test('a narrow filter gets past what it does not want', async () => {
  await scene.addHook({ url, filter: { ...ALL, types: ['rare'] }, batchTimeoutSeconds: 3_600 });
  // As many rows as a cut looks through, without the events.
  await sql`
    insert into event_batch (position, database_id, type, events, is_test, body, created_at)
    select n, 1, 'common', 1, false, '\\x', now() from generate_series(1, 25000) n`.execute(scene.db);
  await sql`update event_log set last_position = 25000`.execute(scene.db);
  await scene.emit([eventOf('rare')]);
  assert.deepEqual(await cutSizes(), []);
  const { rows } = await sql<{ next: number }>`select next_position as next from hook_cursor`.execute(
    scene.db,
  );
  assert.ok((rows[0]?.next ?? 0) > 20_000);
  scene.clock.advance(3_600_000);
  assert.deepEqual(await cutSizes(), [1]);
});
