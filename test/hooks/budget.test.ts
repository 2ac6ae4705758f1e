import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { listBudgets, setBudget } from '../../src/budgets/index.ts';
import { deleteHook, reviveDeliveries } from '../../src/hooks/index.ts';
import { createTestSignals } from '../support/test-signals.ts';
import { startSink, type TargetSink } from '../workflow/target-sink.ts';
import { createHookScene, eventOf, eventsOf, type HookScene, idsOf } from './hook-scene.ts';

let scene: HookScene;
let dead: TargetSink;
let alive: TargetSink;
before(async () => {
  [scene, dead, alive] = await Promise.all([createHookScene(), startSink(), startSink()]);
});
beforeEach(async () => {
  dead.clear();
  alive.clear();
  dead.answer = () => ({ status: 503 });
  await scene.clear();
});
after(async () => {
  await scene.drop();
  await Promise.all([dead.stop(), alive.stop()]);
});

const DELIVERIES = 20;

/** A hook whose target fails and one whose target does not, with as many deliveries each. */
async function addHooks(changes: string[] = []): Promise<{ deadId: number }> {
  const { hook } = await scene.addHook({ url: dead.url, batchSize: 1 });
  await scene.addHook({ url: alive.url, batchSize: 1 });
  await scene.emit(Array.from({ length: DELIVERIES }, () => eventOf('a')));
  await scene.cut();
  await scene.send({ onBreaker: (key, change) => void changes.push(`${key} ${change}`) });
  return { deadId: hook.id };
}

async function breakerOf(id: number): Promise<string | undefined> {
  const [budget] = await listBudgets(scene.db, scene.clock.now(), `hook ${id}`);
  return budget?.breaker;
}

async function countOf(id: number, status: string): Promise<number> {
  const all = await scene.deliveries();
  return all.filter((delivery) => delivery.hook_id === id && delivery.status === status).length;
}

test('a target that fails is left alone, then asked by one delivery; others are not delayed', async () => {
  const changes: string[] = [];
  const { deadId } = await addHooks(changes);
  assert.deepEqual(changes, [`hook ${deadId} opened`]);
  assert.equal(alive.received.length, DELIVERIES);
  const tried = dead.received.length;
  assert.ok(tried < DELIVERIES, `${tried} tries before it opened`);

  scene.clock.advance(1_000);
  await scene.send();
  assert.equal(dead.received.length, tried, 'nothing is tried while it is open');

  scene.clock.advance(60_000);
  await scene.send();
  assert.equal(dead.received.length, tried + 1, 'one is let through, and fails');
  assert.equal(await breakerOf(deadId), 'open');

  dead.answer = () => ({ status: 204 });
  for (let looks = 0; looks < 4; looks += 1) {
    scene.clock.advance(600_000);
    await scene.send();
  }
  assert.equal(await breakerOf(deadId), 'closed');
  assert.equal(await countOf(deadId, 'done'), DELIVERIES);
});

test('a delivery whose day ends while its target is left alone is parked by its next try', async () => {
  const { deadId } = await addHooks();
  for (let looks = 0; looks <= DELIVERIES; looks += 1) {
    scene.clock.advance(2 * 86_400_000);
    await scene.send();
  }
  const late = (await scene.deliveries()).filter(
    ({ hook_id: id, attempts }) => id === deadId && attempts > 1,
  );
  assert.ok(late.length > 0);
  assert.deepEqual(new Set(late.map(({ status }) => status)), new Set(['parked']));
});

test('who sends deliveries again has them tried at once, although the target is left alone', async () => {
  const { deadId } = await addHooks();
  dead.answer = () => ({ status: 204 });
  await reviveDeliveries(scene.db, deadId, { status: 'queued' }, scene.clock.now());
  await scene.send();
  assert.equal(await countOf(deadId, 'done'), DELIVERIES);
});

test('no more deliveries are claimed at once than the budget of the hook allows', async () => {
  const { hook } = await scene.addHook({ url: alive.url, batchSize: 1 });
  await setBudget(scene.db, `hook ${hook.id}`, { concurrency: 2, perSecond: null }, scene.clock.now());
  await scene.emit([eventOf('a'), eventOf('b'), eventOf('c'), eventOf('d')]);
  await scene.cut();
  const signals = createTestSignals();
  const hold = signals.hold('hook.claimed');
  const { loop } = await scene.startDeliverer({ signals });
  await hold.reached;
  const now = scene.clock.now();
  const claimed = (await scene.deliveries()).filter(({ due_at: due }) => due !== null && due > now);
  assert.equal(claimed.length, 2);
  hold.release();
  await loop.stop();
});

test('deliveries that were cut together begin in their order', async () => {
  const { hook } = await scene.addHook({ url: alive.url, batchSize: 1 });
  await setBudget(scene.db, `hook ${hook.id}`, { concurrency: 1, perSecond: null }, scene.clock.now());
  await scene.emit(Array.from({ length: 12 }, () => eventOf('a')));
  await scene.cut();
  await scene.send();
  const told = alive.received.flatMap(({ body }) => idsOf(eventsOf(body)));
  assert.deepEqual(told, idsOf(await scene.feed()));
});

test('a target that answers with a refusal of its own is reached', async () => {
  dead.answer = () => ({ status: 404 });
  const { deadId } = await addHooks();
  assert.equal(dead.received.length, DELIVERIES);
  assert.equal(await breakerOf(deadId), 'closed');
});

test('the budget of a hook goes with it', async () => {
  const { deadId } = await addHooks();
  await deleteHook(scene.db, deadId);
  assert.equal(await breakerOf(deadId), undefined);
});
