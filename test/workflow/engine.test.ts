import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { newUuid } from '../../src/base/index.ts';
import { withTx } from '../../src/db/index.ts';
import { createRunContext } from '../../src/workflow/index.ts';
import { at, createBench, LEASE_SECONDS, START, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
before(async () => {
  bench = await createBench();
});
beforeEach(() => bench.clear());
after(() => bench.drop());

const NONE = { waiting: 0, ended: 0, failed: 0 };
const HOUR_MS = 3_600_000;
const straight = [
  { id: 'in', type: 'start', next: 'out' },
  { id: 'out', type: 'end', reason: 'done' },
];
const walked = { node: 'out', status: 'ended', steps: 2, reason: 'done', ended: at() };
const unwalked = { node: 'in', status: 'active', steps: 0, due: at() };

/** The nodes behind a question: `yes` and `no`. */
const answers = [
  { id: 'yes', type: 'end', reason: 'yes' },
  { id: 'no', type: 'end', reason: 'no' },
];

async function reasons(): Promise<(string | undefined)[]> {
  return (await bench.runs()).map(({ reason }) => reason);
}

async function profileStamps(): Promise<unknown[]> {
  const { rows } = await sql`select fields, updated_at from profile order by id`.execute(bench.db);
  return rows;
}

test('a run goes from start to end in one batch, and nothing else happens', async () => {
  const target = await bench.publish(straight);
  await bench.start(target, { profileId: await bench.addProfile({ note: 'as it was' }) });
  bench.clock.advance(1_000);
  await bench.walk();
  assert.deepEqual(await bench.runs(), [{ ...walked, ended: at(1_000) }]);
  assert.deepEqual(await bench.counts(), { 'in next': 1, 'out end': 1 });
  assert.deepEqual(bench.takeDeltas(), { ...NONE, ended: 1 });
  assert.deepEqual(await profileStamps(), [{ fields: { note: 'as it was' }, updated_at: START }]);
  assert.deepEqual([await bench.calls(), bench.wakes, bench.logged], [[], [], []]);
  await bench.walk();
  assert.deepEqual([await bench.counts(), bench.deltas], [{ 'in next': 1, 'out end': 1 }, []]);
});

test('a condition asks the fields of each profile', async () => {
  const target = await bench.publish([
    { id: 'in', type: 'start', next: 'ask' },
    { id: 'ask', type: 'condition', filter: { city: { $in: ['Oslo', 'Bergen'] } }, yes: 'yes', no: 'no' },
    ...answers,
  ]);
  for (const fields of [{ city: 'Bergen' }, { city: 'Rome' }, {}, { city: 'Oslo' }]) {
    await bench.start(target, { profileId: await bench.addProfile(fields) });
  }
  const erased = await bench.addProfile({ city: 'Oslo' });
  await bench.start(target, { profileId: erased });
  await sql`delete from profile where id = ${erased}`.execute(bench.db);
  await bench.walk();
  assert.deepEqual(await reasons(), ['yes', 'no', 'no', 'yes', 'no']);
  const counts = { 'in next': 5, 'ask yes': 2, 'ask no': 3, 'yes end': 2, 'no end': 3 };
  assert.deepEqual(await bench.counts(), counts);
  assert.deepEqual(bench.takeDeltas(), { ...NONE, ended: 5 });
});

test('a content filter asks the content of the item, else that of the request, else nothing', async () => {
  const target = await bench.publish([
    { id: 'in', type: 'start', next: 'ask' },
    { id: 'ask', type: 'content_filter', filter: { 'order.total': { $gte: 100 } }, yes: 'yes', no: 'no' },
    ...answers,
  ]);
  const profileId = await bench.addProfile();
  const contextId = await withTx(bench.db, (tx) =>
    createRunContext(tx, {
      content: { order: { total: 100 } },
      customData: null,
      now: bench.clock.now(),
    }),
  );
  const empty = await withTx(bench.db, (tx) =>
    createRunContext(tx, { content: null, customData: { total: 100 }, now: bench.clock.now() }),
  );
  await bench.start(
    target,
    { profileId, contextId },
    { profileId, contextId, content: { order: { total: 99 } } },
    { profileId, contextId, content: {} },
    { profileId, contextId: empty },
    { profileId, content: { order: { total: 100.5 } } },
    { profileId },
    { profileId, contextId },
  );
  await bench.walk();
  assert.deepEqual(await reasons(), ['yes', 'no', 'no', 'no', 'yes', 'no', 'yes']);
});

test('a delay ends exactly when it is due, whatever was restarted meanwhile', async () => {
  const target = await bench.publish([
    { id: 'in', type: 'start', next: 'rest' },
    { id: 'rest', type: 'delay', for: 'P1MT1H', next: 'out' },
    { id: 'out', type: 'end' },
  ]);
  await bench.start(target, { profileId: await bench.addProfile() });
  await bench.walk();
  const dueMs = 31 * 24 * HOUR_MS + HOUR_MS;
  const waiting = { node: 'rest', status: 'waiting', steps: 2, due: at(dueMs), resume: 'next' };
  assert.deepEqual(await bench.runs(), [waiting]);
  assert.deepEqual(await bench.counts(), { 'in next': 1 });
  assert.deepEqual(bench.takeDeltas(), { ...NONE, waiting: 1 });

  bench.clock.advance(dueMs - 1);
  await bench.walk();
  assert.deepEqual([await bench.runs(), bench.deltas], [[waiting], []]);
  bench.clock.advance(1);
  await bench.walk();
  assert.deepEqual(await bench.runs(), [{ node: 'out', status: 'ended', steps: 3, ended: at(dueMs) }]);
  assert.deepEqual(await bench.counts(), { 'in next': 1, 'rest next': 1, 'out end': 1 });
  assert.deepEqual(bench.takeDeltas(), { ...NONE, waiting: -1, ended: 1 });
});

test('an edge that leads nowhere ends the run', async () => {
  const target = await bench.publish([
    { id: 'in', type: 'start', next: 'ask' },
    { id: 'ask', type: 'condition', filter: { city: 'Oslo' }, yes: 'rest' },
    { id: 'rest', type: 'delay', for: 'PT1H' },
  ]);
  const alone = await bench.publish([{ id: 'in', type: 'start' }]);
  await bench.start(target, { profileId: await bench.addProfile() });
  await bench.start(target, { profileId: await bench.addProfile({ city: 'Oslo' }) });
  await bench.start(alone, { profileId: await bench.addProfile() });
  await bench.walk();
  bench.clock.advance(HOUR_MS);
  await bench.walk();
  assert.deepEqual(await bench.runs(), [
    { node: 'ask', status: 'ended', steps: 2, ended: at() },
    { node: 'rest', status: 'ended', steps: 3, ended: at(HOUR_MS) },
    { node: 'in', status: 'ended', steps: 1, ended: at() },
  ]);
  assert.deepEqual(bench.takeDeltas(), { ...NONE, ended: 3 });
});

test('a run whose claim was taken by another is left alone', async () => {
  const target = await bench.publish(straight);
  const [a, b] = [await bench.addProfile(), await bench.addProfile()];
  await bench.start(target, { profileId: a }, { profileId: b });
  const held = bench.signals.hold('engine.claimed');
  const engine = bench.engine();
  const settled = bench.signals.until('engine', 'settled');
  await engine.start();
  await held.reached;
  await sql`update run set claim_token = ${newUuid()}::uuid where profile_id = ${a}`.execute(bench.db);
  held.release();
  assert.equal(await settled, 1);
  await engine.stop();
  const leased = { ...unwalked, due: at(LEASE_SECONDS * 1_000), claimed: true };
  assert.deepEqual(await bench.runs(), [leased, walked]);
  assert.deepEqual(await bench.counts(), { 'in next': 1, 'out end': 1 });
  assert.deepEqual(bench.takeDeltas(), { ...NONE, ended: 1 });
});

test('two engines at once walk each run once', async () => {
  const target = await bench.publish(straight);
  const profileId = await bench.addProfile();
  await bench.start(target, ...Array.from({ length: 1_300 }, () => ({ profileId })));
  const first = bench.signals.hold('engine.claimed');
  const slow = bench.engine();
  await slow.start();
  await first.reached;
  await bench.walk();
  assert.deepEqual(await bench.counts(), { 'in next': 800, 'out end': 800 }, 'the claimed 500 are left');
  const idle = bench.signals.until('engine', 'idle');
  first.release();
  await idle;
  await slow.stop();
  assert.deepEqual(await bench.counts(), { 'in next': 1_300, 'out end': 1_300 });
  assert.deepEqual(bench.takeDeltas(), { ...NONE, ended: 1_300 });
  assert.deepEqual(
    [...new Set((await bench.runs()).map((run) => JSON.stringify(run)))],
    [JSON.stringify((await bench.runs())[0])],
  );
});

test('an engine that wakes after its lease finds its runs walked and changes nothing', async () => {
  const target = await bench.publish(straight);
  await bench.start(target, { profileId: await bench.addProfile() });
  const held = bench.signals.hold('engine.claimed');
  const stalled = bench.engine();
  await stalled.start();
  await held.reached;
  bench.clock.advance(LEASE_SECONDS * 1_000 - 1);
  await bench.walk();
  assert.deepEqual(await bench.counts(), {}, 'the lease still holds');
  bench.clock.advance(1);
  await bench.walk();
  const ended = { ...walked, ended: at(LEASE_SECONDS * 1_000) };
  assert.deepEqual(await bench.runs(), [ended]);
  const settled = bench.signals.until('engine', 'settled');
  held.release();
  assert.equal(await settled, 0);
  await stalled.stop();
  assert.deepEqual(await bench.runs(), [ended]);
  assert.deepEqual(await bench.counts(), { 'in next': 1, 'out end': 1 });
  assert.deepEqual(bench.takeDeltas(), { ...NONE, ended: 1 });
});

test('a run that is restarted between claim and walk is left alone', async () => {
  const target = await bench.publish(straight, 'restart');
  const profileId = await bench.addProfile();
  await bench.start(target, { profileId });
  const held = bench.signals.hold('engine.claimed');
  const engine = bench.engine();
  const idle = bench.signals.until('engine', 'idle');
  await engine.start();
  await held.reached;
  await bench.start(target, { profileId });
  held.release();
  await idle;
  await engine.stop();
  const restarted = { node: 'in', status: 'ended', steps: 0, reason: 'restarted', ended: at() };
  assert.deepEqual(await bench.runs(), [restarted, walked]);
  assert.deepEqual(await bench.counts(), { 'in next': 1, 'out end': 1 });
  assert.deepEqual(bench.takeDeltas(), { ...NONE, ended: 2 });
});

test('a run that has gone through 10,000 nodes may end but not go on', async () => {
  const target = await bench.publish([
    { id: 'in', type: 'start', next: 'rest' },
    { id: 'rest', type: 'delay', for: 'PT1H', next: 'ask' },
    { id: 'ask', type: 'condition', filter: { city: 'Oslo' }, yes: 'out', no: 'rest' },
    { id: 'out', type: 'end' },
  ]);
  await bench.start(target, { profileId: await bench.addProfile() });
  await bench.start(target, { profileId: await bench.addProfile({ city: 'Oslo' }) });
  await bench.walk();
  await sql`update run set steps = 9999`.execute(bench.db);
  bench.clock.advance(HOUR_MS);
  await bench.walk();
  assert.deepEqual(await bench.runs(), [
    {
      node: 'rest',
      status: 'failed',
      steps: 10_001,
      reason: 'went through more than 10000 nodes',
      ended: at(HOUR_MS),
    },
    { node: 'out', status: 'ended', steps: 10_001, ended: at(HOUR_MS) },
  ]);
  const through = { 'in next': 2, 'rest next': 2, 'ask yes': 1, 'ask no': 1 };
  assert.deepEqual(await bench.counts(), { ...through, 'rest failed': 1, 'out end': 1 });
  assert.deepEqual(bench.takeDeltas(), { ...NONE, ended: 1, failed: 1 });
});

test('a version that cannot be read holds up its own runs and no others', async () => {
  const broken = await bench.publish(straight);
  await bench.start(broken, { profileId: await bench.addProfile() });
  await sql`update workflow_version set definition = '{}'`.execute(bench.db);
  bench.clock.advance(1);
  const sound = await bench.publish(straight);
  await bench.start(sound, { profileId: await bench.addProfile() });
  const engine = bench.engine();
  const fault = bench.nextLogged();
  const idle = bench.signals.until('engine', 'idle');
  await engine.start();
  await fault;
  bench.clock.advance(200);
  await idle;
  await engine.stop();
  const back = { ...unwalked, due: at(1 + LEASE_SECONDS * 1_000), claimed: true };
  assert.deepEqual(await bench.runs(), [back, { ...walked, ended: at(201) }]);
  assert.equal(bench.logged.length, 1);
});
