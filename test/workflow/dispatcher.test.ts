import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { type JsonObject, ManualClock } from '../../src/base/index.ts';
import { createTargetClient } from '../../src/outbound/index.ts';
import { countNodes, purgeCalls, type Reentry, type StartTarget } from '../../src/workflow/index.ts';
import { queueCallsTo } from './call-scene.ts';
import { type Answer, startSink, type TargetSink } from './target-sink.ts';
import { at, createBench, LEASE_SECONDS, START, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
let sink: TargetSink;
before(async () => {
  [bench, sink] = await Promise.all([createBench(), startSink()]);
});
beforeEach(async () => {
  sink.clear();
  await bench.clear();
});
after(async () => {
  await bench.drop();
  await sink.stop();
});

const NONE = { waiting: 0, ended: 0, failed: 0 };
const DONE = { node: 'call', status: 'done', attempts: 1, left: 3, settled: at(), http: 200 };
const RESUMED = {
  ...{ node: 'call', status: 'waiting', steps: 2, due: at(), resume: 'next', reason: 'HTTP 200' },
};
const WAITING = { node: 'call', status: 'waiting', steps: 2, calling: true };

async function queueCalls(count: number, node: JsonObject = {}, reentry?: Reentry): Promise<StartTarget> {
  return queueCallsTo(bench, sink, count, node, reentry);
}

/** Milliseconds from now until the one call is due. */
async function dueInMs(): Promise<number> {
  const [call] = await bench.calls();
  return Date.parse(`${call?.due}Z`) - bench.clock.now().getTime();
}

function keysReceived(): (string | string[] | undefined)[] {
  return sink.received.map(({ headers }) => headers['idempotency-key']);
}

/** Lets everything run that waits for nothing but its turn. */
async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('5xx is tried again with growing pauses, the same bytes under the same Idempotency-Key', async () => {
  await queueCalls(1, { body: { a: 'b' } });
  sink.answer = (count) => ({ status: count < 3 ? 500 + count : 200 });
  await bench.send();
  const [first] = await bench.calls();
  const fault = 'the answer was HTTP 501';
  const due = first?.due ?? '';
  assert.deepEqual(first, { node: 'call', status: 'queued', attempts: 1, left: 2, due, http: 501, fault });
  const firstPause = await dueInMs();
  assert.ok(firstPause >= 800 && firstPause <= 1_000, `${firstPause} ms`);
  assert.deepEqual(await bench.runs(), [WAITING], 'the run waits for the next try');

  bench.clock.advance(firstPause - 1);
  await bench.send();
  assert.equal(sink.received.length, 1);
  bench.clock.advance(1);
  await bench.send();
  const secondPause = await dueInMs();
  assert.ok(secondPause >= 1_600 && secondPause <= 2_000, `${secondPause} ms`);
  bench.clock.advance(secondPause);
  await bench.send();
  const doneAt = at(firstPause + secondPause);
  assert.deepEqual(await bench.calls(), [{ ...DONE, attempts: 3, left: 1, settled: doneAt }]);
  await bench.walk();
  assert.deepEqual(await bench.runs(), [{ node: 'call', status: 'ended', steps: 2, ended: doneAt }]);
  const [key] = keysReceived();
  assert.ok(key !== undefined);
  assert.deepEqual(keysReceived(), [key, key, key]);
  assert.deepEqual([...new Set(sink.received.map(({ body }) => body))], ['{"a":"b"}']);
  assert.deepEqual(bench.tries, ['5xx', '5xx', '2xx']);
  assert.deepEqual(await bench.counts(), { 'in next': 1, 'call next': 1 });
  assert.deepEqual(bench.takeDeltas(), { ...NONE, waiting: -1, ended: 1 });
});

test('when no retry is left the call has failed', async () => {
  await queueCalls(1, { retries: 1 });
  sink.answer = () => ({ status: 503 });
  await bench.send();
  bench.clock.advance(1_000);
  await bench.send();
  const reason = 'the answer was HTTP 503 (2 tries)';
  assert.deepEqual(await bench.calls(), [
    { node: 'call', status: 'failed', attempts: 2, left: 0, settled: at(1_000), http: 503, fault: reason },
  ]);
  await bench.walk();
  assert.deepEqual(await bench.runs(), [
    { node: 'call', status: 'failed', steps: 2, reason, ended: at(1_000) },
  ]);
  assert.deepEqual(bench.takeDeltas(), { ...NONE, waiting: -1, failed: 1 });
});

const patience: [what: string, answer: Answer, ms: number][] = [
  ['seconds', { status: 429, headers: { 'retry-after': '120' } }, 120_000],
  [
    'a date',
    { status: 503, headers: { 'retry-after': new Date(START.getTime() + 90_000).toUTCString() } },
    90_000,
  ],
  ['more than an hour', { status: 425, headers: { 'retry-after': '999999999999' } }, 3_600_000],
];
for (const [what, answer, ms] of patience) {
  test(`a target may ask for a longer pause: ${what}`, async () => {
    await queueCalls(1);
    sink.answer = () => answer;
    await bench.send();
    assert.equal(await dueInMs(), ms);
  });
}

for (const value of ['soon', '0', '-5', new Date(0).toUTCString()]) {
  test(`a Retry-After that asks for nothing (${value}) leaves the pause as it is`, async () => {
    await queueCalls(1);
    sink.answer = () => ({ status: 408, headers: { 'retry-after': value } });
    await bench.send();
    const ms = await dueInMs();
    assert.ok(ms >= 800 && ms <= 1_000, `${ms} ms`);
  });
}

test('a target that does not answer in time is a fault that is tried again', async () => {
  await queueCalls(1, { timeout: 0.1, retries: 1 });
  const never = new Promise<Answer>(() => {});
  sink.answer = (count) => (count === 1 ? never : { status: 200 });
  await bench.send();
  const [call] = await bench.calls();
  assert.deepEqual([call?.status, call?.attempts, call?.left, call?.http], ['queued', 1, 0, undefined]);
  assert.match(call?.fault ?? '', /100 ms/);
  bench.clock.advance(1_000);
  await bench.send();
  assert.deepEqual(await bench.calls(), [{ ...DONE, attempts: 2, left: 0, settled: at(1_000) }]);
  assert.deepEqual(bench.tries, ['fault', '2xx']);
});

test('an answer that is too long is a fault', async () => {
  await queueCalls(1, { retries: 0, save_as: 'x' });
  sink.answer = () => ({ status: 200, body: 'x'.repeat(262_145) });
  await bench.send();
  await bench.walk();
  const [run] = await bench.runs();
  assert.deepEqual([run?.status, run?.saved, bench.tries], ['failed', undefined, ['fault']]);
  assert.match(run?.reason ?? '', /longer than 262144 bytes|262144/);
});

test('a private target is refused and not tried again', async () => {
  await queueCalls(1);
  const client = createTargetClient({ allowPrivate: false });
  await bench.send({ client });
  await client.close();
  await bench.walk();
  const [run] = await bench.runs();
  const [call] = await bench.calls();
  assert.deepEqual([run?.status, call?.status, call?.attempts, call?.left], ['failed', 'failed', 1, 3]);
  assert.match(run?.reason ?? '', /127\.0\.0\.1.*MUSTER_ALLOW_PRIVATE_TARGETS/);
  assert.deepEqual([sink.received, bench.tries], [[], ['refused']]);
});

test('many calls under way together all have their outcome written', async () => {
  await queueCalls(60);
  await bench.send();
  assert.deepEqual(await bench.calls(), Array(60).fill(DONE));
  assert.deepEqual(await bench.runs(), Array(60).fill(RESUMED));
  assert.equal(new Set(keysReceived()).size, 60);
  assert.deepEqual(bench.logged, []);
});

test('no more calls are under way than there is room for, and a stop does not wait for room', async () => {
  await queueCalls(3);
  sink.answer = () => new Promise<Answer>(() => {});
  // One host has no more places than it leaves free.
  const dispatcher = bench.dispatcher({ concurrency: 4 });
  const first = sink.next();
  await dispatcher.start();
  await first;
  if (sink.received.length < 2) await sink.next();
  const stopping = dispatcher.stop();
  await turn();
  bench.clock.advance(5_000);
  await stopping;
  const dues = (await bench.calls()).map(({ status, due, claimed }) => [status, due, claimed]);
  const released = ['queued', at(5_000), undefined];
  assert.deepEqual(dues.sort(), [['queued', at(), undefined], released, released]);
  assert.equal(sink.received.length, 2);
});

test('stop lets calls under way end and writes their outcome', async () => {
  await queueCalls(2);
  const answers = [Promise.withResolvers<Answer>(), Promise.withResolvers<Answer>()];
  sink.answer = (count) => answers[count - 1]?.promise ?? { status: 500 };
  const dispatcher = bench.dispatcher();
  const idle = bench.signals.until('call', 'idle');
  const arrived = sink.next();
  await dispatcher.start();
  await idle;
  await arrived;
  if (sink.received.length < 2) await sink.next();
  let isStopped = false;
  const stopping = dispatcher.stop().then(() => {
    isStopped = true;
  });
  const settled = bench.signals.until('call', 'settled');
  answers[0]?.resolve({ status: 200 });
  assert.equal(await settled, 1);
  assert.equal(isStopped, false);
  answers[1]?.resolve({ status: 200 });
  await stopping;
  await dispatcher.stop();
  assert.deepEqual(
    [await bench.calls(), await bench.runs()],
    [
      [DONE, DONE],
      [RESUMED, RESUMED],
    ],
  );
});

test('stop waits for calls that are only just being launched', async () => {
  await queueCalls(1);
  const held = bench.signals.hold('call.claimed');
  const dispatcher = bench.dispatcher();
  await dispatcher.start();
  await held.reached;
  const stopping = dispatcher.stop();
  await turn();
  held.release();
  await stopping;
  assert.deepEqual([await bench.calls(), sink.received.length], [[DONE], 1]);
});

test('calls that take too long at a stop are cut off and due again at once, as if they were not tried', async () => {
  await queueCalls(1);
  const never = new Promise<Answer>(() => {});
  sink.answer = (count) => (count === 1 ? never : { status: 200 });
  const dispatcher = bench.dispatcher();
  const idle = bench.signals.until('call', 'idle');
  const arrived = sink.next();
  await dispatcher.start();
  await Promise.all([idle, arrived]);
  const stopping = dispatcher.stop();
  await turn();
  bench.clock.advance(5_000);
  await stopping;
  const queued = { node: 'call', status: 'queued', attempts: 0, left: 3, due: at(5_000) };
  assert.deepEqual([await bench.calls(), await bench.runs()], [[queued], [WAITING]]);
  await bench.send();
  assert.deepEqual(await bench.calls(), [{ ...DONE, settled: at(5_000) }]);
  const [key] = keysReceived();
  assert.deepEqual(keysReceived(), [key, key]);
});

test('a second dispatcher takes a call over when its lease is over; the late outcome changes nothing', async () => {
  await queueCalls(1, { timeout: 10, save_as: 'x' });
  const late = Promise.withResolvers<Answer>();
  sink.answer = (count) => (count === 1 ? late.promise : { status: 200, body: 'second' });
  // On a clock of its own that stands still: it has stalled, and does not take the call over itself. Nobody hears of it.
  const { reach } = bench.signals;
  const first = bench.dispatcher({ clock: new ManualClock(START), signals: { reach, report: () => {} } });
  const arrived = sink.next();
  await first.start();
  await arrived;
  const leaseMs = 20_000 + LEASE_SECONDS * 1_000;
  const claimed = { node: 'call', status: 'queued', attempts: 0, left: 3, due: at(leaseMs), claimed: true };
  assert.deepEqual(await bench.calls(), [claimed]);
  bench.clock.advance(leaseMs - 1);
  await bench.send();
  assert.deepEqual(await bench.calls(), [claimed], 'the lease still holds');
  bench.clock.advance(1);
  await bench.send();
  const done = { ...DONE, settled: at(leaseMs), attempts: 2, left: 2 };
  const resumed = { ...RESUMED, due: at(leaseMs), saved: { x: 'second' } };
  assert.deepEqual([await bench.calls(), await bench.runs()], [[done], [resumed]]);
  await bench.walk();
  const ended = { node: 'call', status: 'ended', steps: 2, saved: { x: 'second' }, ended: at(leaseMs) };
  assert.deepEqual(await bench.runs(), [ended]);
  late.resolve({ status: 404 });
  await first.stop();
  assert.deepEqual([await bench.calls(), await bench.runs()], [[done], [ended]]);
  const [key] = keysReceived();
  assert.deepEqual(keysReceived(), [key, key]);
  assert.deepEqual(bench.takeDeltas(), { ...NONE, waiting: -1, ended: 1 });
});

for (const [status, settled] of [
  [200, DONE],
  [500, { ...DONE, status: 'cancelled', left: 2, http: 500, fault: 'the answer was HTTP 500' }],
] as const) {
  test(`a run restarted while its call is under way is not disturbed by HTTP ${status}`, async () => {
    const target = await queueCalls(1, {}, 'restart');
    const answer = Promise.withResolvers<Answer>();
    sink.answer = () => answer.promise;
    const dispatcher = bench.dispatcher();
    const arrived = sink.next();
    await dispatcher.start();
    await arrived;
    const profile = await sql<{ id: string }>`select id from profile`.execute(bench.db);
    await bench.start(target, { profileId: profile.rows[0]?.id ?? '' });
    const restarted = { node: 'call', status: 'ended', steps: 2, reason: 'restarted', ended: at() };
    const fresh = { node: 'in', status: 'active', steps: 0, due: at() };
    assert.deepEqual(await bench.runs(), [restarted, fresh]);
    const inside = (await countNodes(bench.db, target.workflowId)).filter(
      ({ active, waiting }) => active + waiting > 0,
    );
    assert.deepEqual(inside, [{ version: 1, node: 'in', active: 1, waiting: 0, passed: { next: 1 } }]);
    answer.resolve({ status });
    await dispatcher.stop();
    assert.deepEqual([await bench.calls(), await bench.runs()], [[settled], [restarted, fresh]]);
    assert.deepEqual(bench.takeDeltas(), { ...NONE, waiting: -1, ended: 1 });

    sink.answer = () => ({ status: 200 });
    await bench.walk();
    await bench.send();
    await bench.walk();
    assert.deepEqual(await bench.runs(), [
      restarted,
      { node: 'call', status: 'ended', steps: 2, ended: at() },
    ]);
    assert.equal(sink.received.length, 2);
    assert.deepEqual(bench.takeDeltas(), { ...NONE, ended: 1 });
  });
}

test('settled calls are purged by age, so many at a time', async () => {
  await queueCalls(3);
  await bench.send();
  await bench.walk();
  bench.takeDeltas();
  bench.clock.advance(1_000);
  await queueCalls(1);
  const { db, clock } = bench;
  assert.equal(await purgeCalls(db, START, 10), 0);
  assert.equal(await purgeCalls(db, clock.now(), 2), 2);
  assert.equal(await purgeCalls(db, clock.now(), 2), 1);
  assert.deepEqual(await bench.calls(), [
    { node: 'call', status: 'queued', attempts: 0, left: 3, due: at(1_000) },
  ]);
  assert.equal(await purgeCalls(db, new Date(clock.now().getTime() + 1e9), 2), 0, 'queued ones stay');
});
