import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { isObjectId, slotOf } from '../../src/base/index.ts';
import { withTx } from '../../src/db/index.ts';
import {
  countNodes,
  createRunContext,
  RunCounts,
  type StartTarget,
  startRuns,
} from '../../src/workflow/index.ts';
import { at, createBench, TASK, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
before(async () => {
  bench = await createBench();
});
beforeEach(() => bench.clear());
after(() => bench.drop());

const NONE = { waiting: 0, ended: 0, failed: 0 };
const DUE = { node: 'in', status: 'active', steps: 0, due: at() };
const RESTARTED = { status: 'ended', reason: 'restarted' };

/** In which runs rest for an hour and then end. */
const resting = [
  { id: 'in', type: 'start', next: 'rest' },
  { id: 'rest', type: 'delay', for: 'PT1H', next: 'out' },
  { id: 'out', type: 'end' },
];
const straight = [
  { id: 'in', type: 'start', next: 'out' },
  { id: 'out', type: 'end' },
];

test('a start writes one run with everything that it was given', async () => {
  const target = await bench.publish(straight);
  const profileId = await bench.addProfile();
  const contextId = await withTx(bench.db, (tx) =>
    createRunContext(tx, { content: { a: 1 }, customData: { c: 2 }, now: bench.clock.now() }),
  );
  const own = { content: { b: [1, null] }, customData: { d: 'x' }, attach: [{ name: 'a.pdf' }] };
  assert.deepEqual(await bench.start(target, { profileId, contextId, ...own }), ['started']);
  const { rows } = await sql<Record<string, unknown>>`select * from run`.execute(bench.db);
  const [run] = rows;
  assert.ok(typeof run?.['id'] === 'string' && isObjectId(run['id']));
  const now = bench.clock.now();
  assert.deepEqual(rows, [
    {
      slot: slotOf(profileId),
      id: run['id'],
      database_id: bench.databaseId,
      profile_id: profileId,
      workflow_id: target.workflowId,
      version: 1,
      task_id: TASK,
      item_index: 0,
      node: 'in',
      status: 'active',
      due_at: now,
      claim_token: null,
      effect_id: null,
      resume: null,
      steps: 0,
      context_id: contextId,
      content: own.content,
      custom_data: own.customData,
      saved: null,
      started_at: now,
      ended_at: null,
      reason: null,
      depth: 0,
      attach: own.attach,
      share: 0,
      wait_event: null,
      wait_message: null,
      trail: null,
    },
  ]);
  const contexts = await sql`select id, content, custom_data, created_at from run_context`.execute(bench.db);
  const context = { id: contextId, content: { a: 1 }, custom_data: { c: 2 }, created_at: now };
  assert.deepEqual(contexts.rows, [context]);
  assert.deepEqual([bench.deltas, await bench.counts(), await bench.calls()], [[], {}, []]);
});

test('nobody is started by an empty list, and a workflow without a version is a fault', async () => {
  const target = await bench.publish(straight);
  assert.deepEqual(await bench.start(target), []);
  const unpublished: StartTarget = { ...target, version: null, startNode: null };
  const starting = withTx(bench.db, (tx) =>
    startRuns(tx, unpublished, [], bench.clock.now(), new RunCounts()),
  );
  await assert.rejects(starting, /was never published/);
  const triggered = withTx(bench.db, (tx) =>
    startRuns(tx, { ...target, startNode: null }, [], bench.clock.now(), new RunCounts()),
  );
  await assert.rejects(triggered, /has no start named Default/);
  assert.deepEqual(await bench.runs(), []);
});

test('never: a profile enters once, also when it is started twice at once or has long ended', async () => {
  const target = await bench.publish(straight, 'never');
  const [a, b] = [await bench.addProfile(), await bench.addProfile()];
  const both = [{ profileId: a }, { profileId: b }, { profileId: a }];
  assert.deepEqual(await bench.start(target, ...both), ['started', 'started', 'skipped_reentry']);
  await bench.walk();
  const ended = { node: 'out', status: 'ended', steps: 2, ended: at() };
  assert.deepEqual(await bench.runs(), [ended, ended]);
  assert.deepEqual(await bench.start(target, { profileId: a }), ['skipped_reentry']);
  assert.deepEqual(await bench.runs(), [ended, ended]);
  assert.deepEqual(bench.takeDeltas(), { ...NONE, ended: 2 });
});

test('not_inside: a profile enters again when its run has ended', async () => {
  const target = await bench.publish(resting, 'not_inside');
  const profileId = await bench.addProfile();
  assert.deepEqual(await bench.start(target, { profileId }, { profileId }), ['started', 'skipped_reentry']);
  await bench.walk();
  assert.deepEqual(await bench.start(target, { profileId }), ['skipped_reentry'], 'it waits inside');
  bench.clock.advance(3_600_000);
  await bench.walk();
  assert.deepEqual(bench.takeDeltas(), { ...NONE, ended: 1 });
  assert.deepEqual(await bench.start(target, { profileId }, { profileId }), ['started', 'skipped_reentry']);
  assert.deepEqual(await bench.runs(), [
    { node: 'out', status: 'ended', steps: 3, ended: at(3_600_000) },
    { ...DUE, due: at(3_600_000) },
  ]);
  assert.deepEqual(bench.deltas, []);
});

test('not_inside: a run in another workflow keeps nobody out', async () => {
  const one = await bench.publish(resting, 'not_inside');
  const other = await bench.publish(resting, 'not_inside');
  const profileId = await bench.addProfile();
  assert.deepEqual(await bench.start(one, { profileId }), ['started']);
  assert.deepEqual(await bench.start(other, { profileId }), ['started']);
});

test('restart: the runs inside are ended, ended ones stay as they are', async () => {
  const target = await bench.publish(resting, 'restart');
  const profileId = await bench.addProfile();
  const bystander = await bench.addProfile();
  await bench.start(target, { profileId }, { profileId: bystander });
  await bench.walk();
  bench.clock.advance(60_000);
  assert.deepEqual(bench.takeDeltas(), { ...NONE, waiting: 2 });
  assert.deepEqual(await bench.start(target, { profileId }), ['started']);
  const ended = { node: 'rest', ...RESTARTED, steps: 2, ended: at(60_000) };
  const waiting = { node: 'rest', status: 'waiting', steps: 2, due: at(3_600_000), resume: 'next' };
  assert.deepEqual(await bench.runs(), [ended, waiting, { ...DUE, due: at(60_000) }]);
  assert.deepEqual(bench.takeDeltas(), { ...NONE, waiting: -1, ended: 1 });

  assert.deepEqual(await bench.start(target, { profileId }), ['started']);
  const endedAtOnce = { node: 'in', ...RESTARTED, steps: 0, ended: at(60_000) };
  assert.deepEqual(await bench.runs(), [ended, waiting, endedAtOnce, { ...DUE, due: at(60_000) }]);
  assert.deepEqual(bench.takeDeltas(), { ...NONE, ended: 1 });
});

test('restart: of several starts of one profile in one call the last stays inside', async () => {
  const target = await bench.publish(resting, 'restart');
  const [a, b] = [await bench.addProfile(), await bench.addProfile()];
  const starts = [a, b, a, a].map((profileId) => ({ profileId }));
  assert.deepEqual(await bench.start(target, ...starts), ['started', 'started', 'started', 'started']);
  const ended = { node: 'in', ...RESTARTED, steps: 0, ended: at() };
  assert.deepEqual(await bench.runs(), [ended, DUE, ended, DUE]);
  assert.deepEqual(bench.takeDeltas(), { ...NONE, ended: 2 });
  await bench.walk();
  assert.deepEqual(await bench.counts(), { 'in next': 2 }, 'the overtaken ones go nowhere');
});

test('restart: runs without a task are in no counter', async () => {
  const target = await bench.publish(resting, 'restart');
  const profileId = await bench.addProfile();
  const starts = [
    { profileId, taskId: null },
    { profileId, taskId: null },
  ];
  await bench.start(target, ...starts);
  await bench.start(target, ...starts);
  await bench.walk();
  assert.deepEqual(bench.deltas, []);
  assert.equal((await bench.runs()).length, 4);
});

test('restart: a call that was not sent is taken back and never sent', async () => {
  const target = await bench.publish(
    [
      { id: 'in', type: 'start', next: 'call' },
      { id: 'call', type: 'api_call', url: 'http://127.0.0.1:9/' },
    ],
    'restart',
  );
  const profileId = await bench.addProfile();
  await bench.start(target, { profileId });
  await bench.walk();
  bench.clock.advance(1_000);
  await bench.start(target, { profileId });
  const cancelled = { node: 'call', status: 'cancelled', attempts: 0, left: 3, settled: at(1_000) };
  assert.deepEqual(await bench.calls(), [cancelled]);
  await bench.send();
  assert.deepEqual(bench.tries, []);
  assert.deepEqual(await bench.calls(), [cancelled]);
  assert.deepEqual(await bench.runs(), [
    { node: 'call', ...RESTARTED, steps: 2, ended: at(1_000) },
    { ...DUE, due: at(1_000) },
  ]);
  assert.deepEqual(bench.takeDeltas(), { ...NONE, ended: 1 });
});

test('each: every start is a run of its own, side by side', async () => {
  const target = await bench.publish(resting, 'each');
  const profileId = await bench.addProfile();
  assert.deepEqual(await bench.start(target, { profileId }, { profileId }), ['started', 'started']);
  await bench.walk();
  assert.deepEqual(await bench.start(target, { profileId }), ['started']);
  const waiting = { node: 'rest', status: 'waiting', steps: 2, due: at(3_600_000), resume: 'next' };
  assert.deepEqual(await bench.runs(), [waiting, waiting, DUE]);
  assert.deepEqual(bench.takeDeltas(), { ...NONE, waiting: 2 });
});

test('runs finish on their version while new ones follow the new one', async () => {
  const old = await bench.publish(resting);
  const profileId = await bench.addProfile();
  await bench.start(old, { profileId });
  await bench.walk();
  const fresh = await bench.republish(old.workflowId, [
    { id: 'in', type: 'start', next: 'gone' },
    { id: 'gone', type: 'end', reason: 'new' },
  ]);
  assert.equal(fresh.version, 2);
  await bench.start(fresh, { profileId });
  await bench.walk();
  assert.deepEqual(await countNodes(bench.db, old.workflowId), [
    { version: 1, node: 'in', active: 0, waiting: 0, passed: { next: 1 } },
    { version: 1, node: 'rest', active: 0, waiting: 1, passed: {} },
    { version: 2, node: 'gone', active: 0, waiting: 0, passed: { end: 1 } },
    { version: 2, node: 'in', active: 0, waiting: 0, passed: { next: 1 } },
  ]);
  bench.clock.advance(3_600_000);
  await bench.walk();
  assert.deepEqual(await bench.runs(), [
    { node: 'out', status: 'ended', steps: 3, ended: at(3_600_000) },
    { node: 'gone', status: 'ended', steps: 2, reason: 'new', ended: at() },
  ]);
  assert.deepEqual(bench.takeDeltas(), { ...NONE, ended: 2 });
  assert.deepEqual(bench.logged, []);
});
