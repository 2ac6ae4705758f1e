import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { type ErrorCode, type JsonObject, ManualClock, MusterError } from '../../src/base/index.ts';
import { type EndedCall, listCalls, resolveCall, type WriteCallEvents } from '../../src/workflow/index.ts';
import { loseWorker, queueCallsTo, untilReceived } from './call-scene.ts';
import { type Answer, startSink, type TargetSink } from './target-sink.ts';
import {
  at,
  type CallView,
  createBench,
  LEASE_SECONDS,
  type RunView,
  START,
  type WorkflowBench,
} from './workflow-bench.ts';

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

const DONE: CallView = { node: 'call', status: 'done', attempts: 1, left: 3, settled: at(), http: 200 };
const WAITING: RunView = { node: 'call', status: 'waiting', steps: 2, calling: true };
const RESUMED: RunView = { node: 'call', status: 'waiting', steps: 2, due: at(), resume: 'next' };
const LOST = 'the server ended while the call was under way';
const LATE = 'no answer within 100 ms';

async function queueCall(node: JsonObject): Promise<void> {
  await queueCallsTo(bench, sink, 1, node);
}

async function assertRefused(code: ErrorCode, work: Promise<unknown>): Promise<void> {
  await assert.rejects(work, (fault) => fault instanceof MusterError && fault.code === code);
}

async function callId(): Promise<string> {
  const { calls } = await listCalls(bench.db, { databaseIds: null, limit: 1 });
  return calls[0]?.id ?? '';
}

/** Events as they would be written, and the calls they tell of. */
function recordEvents(): { told: EndedCall[]; writeCallEvents: WriteCallEvents } {
  const told: EndedCall[] = [];
  return { told, writeCallEvents: async (_tx, calls) => void told.push(...calls) };
}

/** What becomes of a call, and of its run, whose target has taken the request and does not answer in time. */
const late: [policy: string, call: CallView, run: RunView][] = [
  ['repeat', { node: 'call', status: 'queued', attempts: 1, left: 2, due: 'later', fault: LATE }, WAITING],
  [
    'skip',
    { node: 'call', status: 'unknown', attempts: 1, left: 3, settled: at(), fault: LATE },
    { ...RESUMED, reason: LATE },
  ],
  ['park', { node: 'call', status: 'unknown', attempts: 1, left: 3, fault: LATE }, WAITING],
];
for (const [policy, call, run] of late) {
  test(`a request that may have arrived, without an answer: ${policy}`, async () => {
    await queueCall({ on_unknown: policy, timeout: 0.1, save_as: 'x' });
    sink.answer = () => new Promise<Answer>(() => {});
    await bench.send();
    const [stored] = await bench.calls();
    assert.deepEqual({ ...stored, ...(stored?.due && { due: 'later' }) }, call);
    assert.deepEqual(await bench.runs(), [run]);
    await bench.send();
    assert.equal(sink.received.length, 1);
  });
}

test('a request that was not sent is tried again whatever the policy is', async () => {
  const dead = await startSink();
  await dead.stop();
  for (const policy of ['repeat', 'skip', 'park']) {
    await queueCallsTo(bench, dead, 1, { on_unknown: policy });
  }
  await bench.send();
  assert.deepEqual(
    (await bench.calls()).map(({ status, left }) => [status, left]),
    Array(3).fill(['queued', 2]),
  );
});

test('a try that was lost with its worker counts, and is repeated with the same key', async () => {
  await queueCall({});
  const id = await callId();
  await loseWorker(bench);
  await bench.send();
  assert.deepEqual(await bench.calls(), [{ ...DONE, attempts: 2, left: 2 }]);
  assert.equal(sink.received[0]?.headers['idempotency-key'], id);
});

test('a call without retries survives its workers too, but not twenty of them', async () => {
  await queueCall({ retries: 0 });
  for (let lost = 1; lost <= 19; lost += 1) {
    await loseWorker(bench);
    const stalled = bench.signals.hold('call.claimed');
    const dispatcher = bench.dispatcher();
    await dispatcher.start();
    await stalled.reached;
    const [call] = await bench.calls();
    assert.deepEqual([call?.attempts, call?.left, call?.claimed], [lost, 0, true]);
    await sql`update api_call set claim_token = gen_random_uuid()`.execute(bench.db);
    stalled.release();
    await dispatcher.stop();
  }
  const sent = sink.received.length;
  await loseWorker(bench);
  await bench.send();
  const fault = `${LOST} (20 tries)`;
  assert.deepEqual(await bench.calls(), [
    { node: 'call', status: 'failed', attempts: 20, left: 0, settled: at(), fault },
  ]);
  assert.equal(sink.received.length, sent);
});

for (const policy of ['skip', 'park']) {
  test(`a lost try is not repeated: ${policy}, also while the workflow is paused`, async () => {
    const { workflowId } = await queueCallsTo(bench, sink, 1, { on_unknown: policy });
    await bench.pause(workflowId);
    await loseWorker(bench);
    const { told, writeCallEvents } = recordEvents();
    await bench.send({ writeCallEvents });
    const settled = policy === 'skip' ? { settled: at() } : {};
    const call = { node: 'call', status: 'unknown', attempts: 1, left: 2, fault: LOST, ...settled };
    assert.deepEqual([await bench.calls(), sink.received], [[call], []]);
    assert.deepEqual(await bench.runs(), [policy === 'skip' ? { ...RESUMED, reason: LOST } : WAITING]);
    assert.deepEqual(
      told.map(({ status }) => status),
      policy === 'skip' ? ['unknown'] : [],
    );
  });
}

test('a lost try that may be repeated is held while its workflow is paused', async () => {
  const { workflowId } = await queueCallsTo(bench, sink, 1);
  await bench.pause(workflowId);
  await loseWorker(bench);
  await bench.send();
  assert.deepEqual(await bench.calls(), [{ node: 'call', status: 'held', attempts: 1, left: 2 }]);
});

test('a stop does not give back what may have arrived and must not be repeated', async () => {
  await queueCall({ on_unknown: 'park' });
  sink.answer = () => new Promise<Answer>(() => {});
  const dispatcher = bench.dispatcher();
  const arrived = sink.next();
  await dispatcher.start();
  await arrived;
  const stopping = dispatcher.stop();
  bench.clock.advance(5_000);
  await stopping;
  const [call] = await bench.calls();
  assert.deepEqual([call?.status, call?.due, call?.settled], ['unknown', undefined, undefined]);
  assert.deepEqual(await bench.runs(), [WAITING]);
});

/** Parks the one call; nobody knows whether its target has done it. */
async function park(node: JsonObject = {}): Promise<string> {
  await queueCall({ on_unknown: 'park', ...node });
  await loseWorker(bench);
  await bench.send();
  return callId();
}

test('a person decides that a parked call was done', async () => {
  const id = await park();
  const { told, writeCallEvents } = recordEvents();
  await resolveCall(bench.db, id, 'done', bench.clock.now(), writeCallEvents);
  assert.deepEqual(await bench.calls(), [
    { node: 'call', status: 'done', attempts: 1, left: 2, settled: at() },
  ]);
  assert.deepEqual(await bench.runs(), [RESUMED]);
  assert.deepEqual(
    told.map((call) => [call.id, call.status, call.node]),
    [[id, 'done', 'call']],
  );
  await bench.walk();
  assert.deepEqual(await bench.runs(), [{ node: 'call', status: 'ended', steps: 2, ended: at() }]);
  for (const as of ['done', 'repeat', 'skip'] as const) {
    await assertRefused(409, resolveCall(bench.db, id, as, bench.clock.now()));
  }
});

test('a person lets a parked call be, or has it sent once more', async () => {
  const id = await park();
  await resolveCall(bench.db, id, 'repeat', bench.clock.now());
  await bench.send();
  assert.deepEqual(await bench.calls(), [{ ...DONE, attempts: 2, left: 2 }]);
  assert.equal(sink.received[0]?.headers['idempotency-key'], id);
  await bench.clear();
  await resolveCall(bench.db, await park(), 'skip', bench.clock.now());
  const skipped = { node: 'call', status: 'unknown', attempts: 1, left: 2, settled: at(), fault: LOST };
  assert.deepEqual([await bench.calls(), await bench.runs()], [[skipped], [{ ...RESUMED, reason: LOST }]]);
});

test('only what waits for a decision can be decided, and is not repeated for a run that has ended', async () => {
  await assertRefused(404, resolveCall(bench.db, '0'.repeat(24), 'done', START));
  await queueCall({});
  await assertRefused(409, resolveCall(bench.db, await callId(), 'done', START));
  await bench.clear();
  const id = await park();
  await sql`update run set effect_id = null, status = 'ended'`.execute(bench.db);
  await resolveCall(bench.db, id, 'repeat', START);
  const [call] = await bench.calls();
  assert.deepEqual([call?.status, call?.due, call?.settled], ['cancelled', undefined, at()]);
});

test('events are told of calls that are settled for good, once each', async () => {
  const { workflowId } = await queueCallsTo(bench, sink, 1, { retries: 1 });
  sink.answer = () => ({ status: 500 });
  const { told, writeCallEvents } = recordEvents();
  await bench.send({ writeCallEvents });
  assert.deepEqual(told, []);
  bench.clock.advance(1_000);
  await bench.send({ writeCallEvents });
  const [{ slot = -1, id = '', runId = '', profileId = '' } = {}] = told;
  assert.ok(id !== '' && runId !== '' && profileId !== '');
  assert.deepEqual(told, [
    {
      ...{ slot, id, runId, profileId, databaseId: bench.databaseId, workflowId, version: 1, node: 'call' },
      ...{ host: sink.url, status: 'failed', attempts: 2, httpStatus: 500 },
      fault: 'the answer was HTTP 500 (2 tries)',
    },
  ]);
});

test('an outcome is not written without its event, and is kept until it can be', async () => {
  await queueCall({ save_as: 'x' });
  let tries = 0;
  const writeCallEvents = async (): Promise<void> => {
    tries += 1;
    if (tries < 3) throw new Error('no event today');
  };
  const dispatcher = bench.dispatcher({ writeCallEvents });
  const logged = bench.nextLogged();
  await dispatcher.start();
  await logged;
  const [claimed] = await bench.calls();
  assert.deepEqual([claimed?.status, claimed?.claimed, await bench.runs()], ['queued', true, [WAITING]]);
  const again = bench.nextLogged();
  bench.clock.advance(200);
  await again;
  const settled = bench.signals.until('call', 'settled');
  bench.clock.advance(400);
  assert.equal(await settled, 1);
  await dispatcher.stop();
  assert.deepEqual(await bench.calls(), [{ ...DONE, settled: at(600) }]);
  assert.deepEqual([tries, sink.received.length], [3, 1]);
});

test('an outcome that cannot be written is given up with its lease, and the call is made again', async () => {
  await queueCall({ timeout: 10 });
  let isBroken = true;
  const writeCallEvents = async (): Promise<void> => {
    if (isBroken) throw new Error('no event today');
  };
  const dispatcher = bench.dispatcher({ writeCallEvents });
  const logged = bench.nextLogged();
  await dispatcher.start();
  await logged;
  const leaseMs = 20_000 + LEASE_SECONDS * 1_000;
  const again = bench.nextLogged();
  bench.clock.advance(leaseMs);
  await again;
  isBroken = false;
  dispatcher.wake();
  await untilReceived(sink, 2);
  await dispatcher.stop();
  const done = { ...DONE, attempts: 2, left: 2, settled: at(leaseMs) };
  assert.deepEqual([await bench.calls(), sink.received.length], [[done], 2]);
});

test('an outcome that is kept for too long changes nothing when another worker has made the call', async () => {
  await queueCall({ timeout: 10 });
  // On a clock of its own that stands still: it does not take the call over itself.
  const clock = new ManualClock(START);
  let isBroken = true;
  const told: EndedCall[] = [];
  const writeCallEvents: WriteCallEvents = async (_tx, calls) => {
    if (isBroken) throw new Error('no event today');
    told.push(...calls);
  };
  const first = bench.dispatcher({ writeCallEvents, clock });
  const logged = bench.nextLogged();
  await first.start();
  await logged;
  const leaseMs = 20_000 + LEASE_SECONDS * 1_000;
  bench.clock.advance(leaseMs);
  await bench.send();
  const done = { ...DONE, attempts: 2, left: 2, settled: at(leaseMs) };
  assert.deepEqual([await bench.calls(), sink.received.length], [[done], 2]);
  isBroken = false;
  clock.advance(200);
  await first.stop();
  assert.deepEqual([await bench.calls(), told], [[done], []]);
});

test('a stop does not wait for a database that takes nothing', async () => {
  await queueCall({});
  const dispatcher = bench.dispatcher({ writeCallEvents: async () => assert.fail('no event today') });
  const logged = bench.nextLogged();
  await dispatcher.start();
  await logged;
  const stopping = dispatcher.stop();
  bench.clock.advance(5_000);
  await stopping;
  const [call] = await bench.calls();
  assert.deepEqual([call?.status, call?.claimed], ['queued', true]);
});

test('one outcome that PostgreSQL refuses does not hold up the others', async () => {
  await queueCallsTo(bench, sink, 3);
  let victim = '';
  const writeCallEvents: WriteCallEvents = async (tx, calls) => {
    victim ||= calls[0]?.id ?? '';
    if (calls.some(({ id }) => id === victim)) await sql`select 1 / 0`.execute(tx);
  };
  await bench.send({ writeCallEvents });
  const states = (await bench.calls()).map(({ status }) => status);
  assert.deepEqual(states.sort(), ['done', 'done', 'queued']);
  assert.equal(bench.logged.length, 1);
});
