import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { newUuid } from '../../src/base/index.ts';
import { listBudgets, setBudget } from '../../src/budgets/index.ts';
import { claimForHost } from '../../src/workflow/calls/host-budget.ts';
import { hostKey } from '../../src/workflow/index.ts';
import { countStates, multiplyCall, queueCallsTo, untilReceived } from './call-scene.ts';
import { type Answer, startSink, type TargetSink } from './target-sink.ts';
import { at, createBench, START, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
let slow: TargetSink;
let other: TargetSink;
before(async () => {
  [bench, slow, other] = await Promise.all([createBench(), startSink(), startSink()]);
});
beforeEach(async () => {
  slow.clear();
  other.clear();
  await bench.clear();
});
after(async () => {
  await bench.drop();
  await Promise.all([slow.stop(), other.stop()]);
});

/** Answers nobody before it is told to. */
function holdAll(sink: TargetSink): (answer: Answer) => void {
  const held = Promise.withResolvers<Answer>();
  sink.answer = () => held.promise;
  return held.resolve;
}

async function stateOf(sink: TargetSink) {
  const [state] = await listBudgets(bench.db, bench.clock.now(), hostKey(sink.url));
  return state;
}

async function limit(sink: TargetSink, concurrency: number | null, perSecond: number | null): Promise<void> {
  await setBudget(bench.db, hostKey(sink.url), { concurrency, perSecond }, bench.clock.now());
}

test('a thousand calls to a slow host delay no call to another one', async () => {
  const release = holdAll(slow);
  await queueCallsTo(bench, slow, 1);
  await multiplyCall(bench, 999, 5);
  const dispatcher = bench.dispatcher();
  await dispatcher.start();
  await untilReceived(slow, 4);
  await queueCallsTo(bench, other, 1);
  dispatcher.wake();
  await untilReceived(other, 1);
  assert.equal(slow.received.length, 4, 'a host has no more places than it leaves free');
  release({ status: 200 });
  await dispatcher.stop();
});

test('where several hosts are slow there is a place for one more', async () => {
  const sinks = await Promise.all(Array.from({ length: 3 }, startSink));
  const releases = sinks.map(holdAll);
  for (const sink of sinks) await queueCallsTo(bench, sink, 6);
  const dispatcher = bench.dispatcher();
  await dispatcher.start();
  await Promise.all(sinks.map((sink) => untilReceived(sink, 1)));
  await queueCallsTo(bench, other, 1);
  dispatcher.wake();
  await untilReceived(other, 1);
  for (const release of releases) release({ status: 200 });
  for (const sink of sinks) await untilReceived(sink, 6);
  await dispatcher.stop();
  await Promise.all(sinks.map((sink) => sink.stop()));
  assert.deepEqual(await countStates(bench), { done: 19 });
});

test('a thousand calls of one task do not delay the call of another one to the same host', async () => {
  const release = holdAll(slow);
  await queueCallsTo(bench, slow, 1);
  await multiplyCall(bench, 999, 5);
  const dispatcher = bench.dispatcher();
  await dispatcher.start();
  await untilReceived(slow, 4);
  await queueCallsTo(bench, slow, 1, { url: `${slow.url}/urgent` });
  slow.answer = () => ({ status: 200 });
  release({ status: 200 });
  const isUrgent = ({ url }: { url: string }): boolean => url === '/urgent';
  while (!slow.received.some(isUrgent)) await slow.next();
  // Those that were under way come before it, and a few more by the turns of the shares; not the thousand.
  const before = slow.received.findIndex(isUrgent);
  assert.ok(before < 60, `${before} calls came before it`);
  await dispatcher.stop();
});

test('claims take as many of each share as of every other', async () => {
  const release = holdAll(slow);
  await queueCallsTo(bench, slow, 1);
  for (const share of [3, 15]) await multiplyCall(bench, 20, share);
  const dispatcher = bench.dispatcher({ concurrency: 10 });
  await dispatcher.start();
  await untilReceived(slow, 5);
  const stopping = dispatcher.stop();
  release({ status: 200 });
  await stopping;
  const shares = slow.received.slice(0, 5).map(({ url }) => url);
  assert.deepEqual(shares.sort(), ['/', '/15', '/15', '/3', '/3']);
});

test('two workers keep to the concurrency of a host together', async () => {
  const release = holdAll(slow);
  await limit(slow, 3, null);
  await queueCallsTo(bench, slow, 8);
  const workers = [bench.dispatcher({ concurrency: 32 }), bench.dispatcher({ concurrency: 32 })];
  const idle = bench.signals.until('call', 'idle');
  for (const worker of workers) await worker.start();
  await untilReceived(slow, 3);
  // The one that has none under way finds nothing that it may claim, and says so.
  await idle;
  assert.equal(slow.received.length, 3);
  release({ status: 200 });
  await untilReceived(slow, 8);
  for (const worker of workers) await worker.stop();
  assert.deepEqual(await countStates(bench), { done: 8 });
});

test('a call that has ended makes room before its outcome is written, one of another worker does not', async () => {
  await limit(slow, 2, null);
  await queueCallsTo(bench, slow, 4);
  // A worker that lives has one of them; what it makes of it is not known here.
  const claim = { place: slow.url, leaseSeconds: 60, now: bench.clock.now(), limit: 1, ended: [] };
  const theirs = await claimForHost(bench.db, { ...claim, token: newUuid() });
  assert.equal(theirs.rows.length, 1);
  const written = Promise.withResolvers<void>();
  const dispatcher = bench.dispatcher({ writeCallEvents: () => written.promise });
  let most = 0;
  let underWay = 0;
  slow.answer = async () => {
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise(setImmediate);
    underWay -= 1;
    return { status: 200 };
  };
  await dispatcher.start();
  // All three while no outcome is written.
  await untilReceived(slow, 3);
  assert.deepEqual(await countStates(bench), { queued: 4 });
  written.resolve();
  await dispatcher.stop();
  assert.equal(most, 1);
  assert.deepEqual(await countStates(bench), { queued: 1, done: 3 });
});

test('the rate of a host is kept, and its calls go out when their time has come', async () => {
  await limit(slow, null, 2);
  await queueCallsTo(bench, slow, 5);
  await bench.send();
  assert.equal(slow.received.length, 2);
  await bench.send();
  assert.equal(slow.received.length, 2);
  bench.clock.advance(500);
  await bench.send();
  assert.equal(slow.received.length, 3);
  const dispatcher = bench.dispatcher();
  const idle = bench.signals.until('call', 'idle');
  await dispatcher.start();
  await idle;
  bench.clock.advance(500);
  await untilReceived(slow, 4);
  await dispatcher.stop();
});

test('a dead host is left alone after five failures, and the others go on', async () => {
  const dead = await startSink();
  await dead.stop();
  await queueCallsTo(bench, dead, 12);
  await queueCallsTo(bench, other, 12);
  const changes: string[] = [];
  const onBreaker = (key: string, change: string): void => void changes.push(`${key} ${change}`);
  await bench.send({ onBreaker });
  assert.deepEqual(await countStates(bench), { queued: 12, done: 12 });
  const faults = bench.tries.filter((label) => label === 'fault').length;
  assert.ok(faults >= 5 && faults <= 8, `${faults} tries`);
  const state = await stateOf(dead);
  assert.deepEqual([state?.breaker, state?.retryAt], ['open', new Date(START.getTime() + 5_000)]);
  assert.match(state?.reason ?? '', /^connection refused by 127\.0\.0\.1/);
  assert.deepEqual(changes, [`${hostKey(dead.url)} opened`]);
  assert.deepEqual(bench.logged, [`the breaker of ${hostKey(dead.url)} has opened`]);
  await bench.send();
  assert.equal(bench.tries.filter((label) => label === 'fault').length, faults);
});

test('after a while one call is let through; when it is answered the rest follows', async () => {
  slow.answer = () => ({ status: 503 });
  await queueCallsTo(bench, slow, 10, { retries: 10 });
  await bench.send();
  assert.equal((await stateOf(slow))?.breaker, 'open');
  const tried = slow.received.length;
  bench.clock.advance(4_999);
  await bench.send();
  assert.equal(slow.received.length, tried);
  bench.clock.advance(1);
  await bench.send();
  assert.equal(slow.received.length, tried + 1, 'half open');
  assert.deepEqual((await stateOf(slow))?.retryAt, new Date(START.getTime() + 15_000));

  bench.clock.advance(10_000);
  const held = Promise.withResolvers<Answer>();
  slow.answer = () => held.promise;
  const dispatcher = bench.dispatcher();
  await dispatcher.start();
  await untilReceived(slow, tried + 2);
  await bench.send({ client: { request: () => assert.fail(), close: async () => {} } });
  slow.answer = () => ({ status: 404 });
  held.resolve({ status: 200 });
  await untilReceived(slow, tried + 11);
  await dispatcher.stop();
  assert.equal((await stateOf(slow))?.breaker, 'closed', 'any answer is one');
  assert.deepEqual(await countStates(bench), { done: 1, failed: 9 });
});

test('a host that answers with faults of its own, and one that takes too long, are not dead', async () => {
  slow.answer = (count) => (count % 2 === 0 ? { status: 500 } : new Promise<Answer>(() => {}));
  await queueCallsTo(bench, slow, 12, { timeout: 0.1, retries: 0 });
  await bench.send();
  assert.deepEqual([slow.received.length, (await stateOf(slow))?.failures], [12, 0]);
});

test('calls of a paused workflow are held, those of another one to the same host are sent', async () => {
  const { workflowId } = await queueCallsTo(bench, slow, 12);
  await queueCallsTo(bench, slow, 2);
  await bench.pause(workflowId);
  await bench.send();
  assert.equal(slow.received.length, 2);
  const held = { node: 'call', status: 'held', attempts: 0, left: 3 };
  assert.deepEqual((await bench.calls()).slice(0, 12), Array(12).fill(held));
  assert.deepEqual(await countStates(bench), { held: 12, done: 2 });
  assert.equal((await bench.calls())[12]?.settled, at());
});
