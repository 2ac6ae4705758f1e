import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import type { JsonObject } from '../../src/base/index.ts';
import { withTx } from '../../src/db/index.ts';
import type { ProfileChange } from '../../src/profiles/index.ts';
import {
  createWorkflow,
  publishWorkflow,
  RunCounts,
  type SegmentsEntered,
  setWorkflowActive,
  startRuns,
  updateWorkflow,
} from '../../src/workflow/index.ts';
import {
  addProfiles,
  changeOf,
  countStatements,
  entered,
  fire,
  segmentChange,
  subscription,
} from './trigger-scene.ts';
import { at, createBench, TASK, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
before(async () => {
  bench = await createBench();
});
beforeEach(() => bench.clear());
after(() => bench.drop());

const end = { id: 'out', type: 'end' };

/** A workflow of one start node with an event. */
function on(event: string, own: JsonObject = {}, id = 'in'): JsonObject {
  return { id, type: 'start', on: event, next: 'out', ...own };
}

function started(count: number, skippedReentry = 0) {
  return { started: count, skippedReentry, stopped: [] };
}

test('a trigger starts a run at its own start node, without task and content', async () => {
  await bench.publish([{ id: 'api', type: 'start', next: 'out' }, on('profile_created'), end]);
  const profileId = await bench.addProfile();
  assert.deepEqual(await fire(bench, [changeOf(profileId, undefined)]), started(1));
  const { rows } = await sql`select profile_id, task_id, item_index, context_id, content, custom_data, depth
    from run`.execute(bench.db);
  const nothing = { task_id: null, item_index: null, context_id: null, content: null, custom_data: null };
  assert.deepEqual(rows, [{ profile_id: profileId, ...nothing, depth: 1 }]);
  assert.deepEqual(await bench.runs(), [{ node: 'in', status: 'active', steps: 0, due: at() }]);
  await bench.walk();
  assert.deepEqual(await bench.runs(), [{ node: 'out', status: 'ended', steps: 2, ended: at() }]);
  assert.deepEqual(await bench.counts(), { 'in next': 1, 'out end': 1 });
  assert.deepEqual([bench.deltas, bench.logged], [[], []]);
});

test('a profile is created or updated, never both, and one that stays as it is fires nothing', async () => {
  await bench.publish([on('profile_created', {}, 'new'), on('profile_updated', {}, 'old'), end]);
  const [created = '', updated = '', same = ''] = await addProfiles(bench, 3);
  const figures = await fire(bench, [
    changeOf(created, undefined, { fields: { points: 1 } }),
    changeOf(updated, { fields: { points: 1 } }, { fields: { points: 2 } }),
    segmentChange(same, []),
  ]);
  assert.deepEqual(figures, started(2));
  assert.deepEqual(await entered(bench), [`1 ${created} new`, `1 ${updated} old`]);
});

const sms = { id: 'b'.repeat(24), channel: 'sms', phone: '+79161234567' } as const;
const gone = { status: 'unsubscribed' } as const;
const subscriptionCases: [
  what: string,
  node: JsonObject,
  change: (id: string) => ProfileChange,
  fires: boolean,
][] = [
  ['one of a new profile', {}, (id) => changeOf(id, undefined, { subscriptions: [subscription()] }), true],
  ['a new one', {}, (id) => changeOf(id, {}, { subscriptions: [subscription()] }), true],
  [
    'a second one',
    { channel: 'sms' },
    (id) =>
      changeOf(
        id,
        { subscriptions: [subscription()] },
        { subscriptions: [subscription(), subscription(sms)] },
      ),
    true,
  ],
  [
    'a status',
    { status: 'unsubscribed' },
    (id) => changeOf(id, { subscriptions: [subscription()] }, { subscriptions: [subscription(gone)] }),
    true,
  ],
  [
    'another status than the one asked for',
    { status: 'subscribed' },
    (id) => changeOf(id, { subscriptions: [subscription()] }, { subscriptions: [subscription(gone)] }),
    false,
  ],
  [
    'a contact or priority',
    {},
    (id) =>
      changeOf(
        id,
        { subscriptions: [subscription()] },
        { subscriptions: [subscription({ email: 'b@x.ru', priority: 3 })] },
      ),
    false,
  ],
  ['one that was taken away', {}, (id) => changeOf(id, { subscriptions: [subscription()] }), false],
  [
    'one of another resource',
    { resource_id: 2 },
    (id) => changeOf(id, {}, { subscriptions: [subscription()] }),
    false,
  ],
  [
    'one on another channel',
    { resource_id: 1, channel: 'sms' },
    (id) => changeOf(id, {}, { subscriptions: [subscription()] }),
    false,
  ],
  [
    'one of the resource, on the channel, with the status',
    { resource_id: 2, channel: 'sms', status: 'unsubscribed' },
    (id) => changeOf(id, {}, { subscriptions: [subscription({ ...sms, ...gone, resource_id: 2 })] }),
    true,
  ],
  [
    'two, of which each meets a part of what is asked',
    { channel: 'sms', status: 'unsubscribed' },
    (id) => changeOf(id, {}, { subscriptions: [subscription(sms), subscription(gone)] }),
    false,
  ],
  ['a field', {}, (id) => changeOf(id, { fields: { points: 1 } }, { fields: { points: 2 } }), false],
];

for (const [what, node, change, fires] of subscriptionCases) {
  test(`subscription_changed ${JSON.stringify(node)} ${fires ? 'fires' : 'does not fire'} for ${what}`, async () => {
    await bench.publish([on('subscription_changed', node), end]);
    const profileId = await bench.addProfile();
    assert.deepEqual(await fire(bench, [change(profileId)]), started(fires ? 1 : 0));
    assert.equal((await bench.runs()).length, fires ? 1 : 0);
  });
}

test('several changed subscriptions of a profile fire a trigger once', async () => {
  await bench.publish([on('subscription_changed'), end]);
  const profileId = await bench.addProfile();
  const subscriptions = [subscription(), subscription(sms)];
  assert.deepEqual(await fire(bench, [changeOf(profileId, {}, { subscriptions })]), started(1));
});

test('segment_entered: static segments come with the change, others are asked for once', async () => {
  await bench.publish([on('segment_entered', { segment_id: 7 }, 'seven'), end]);
  await bench.publish([
    on('segment_entered', { segment_id: 9 }, 'nine'),
    on('segment_entered', { segment_id: 7 }, 'again'),
    end,
  ]);
  const [a = '', b = '', c = ''] = await addProfiles(bench, 3);
  const changes = [
    segmentChange(a, [7, 8]),
    changeOf(b, {}, { fields: { points: 1 } }),
    segmentChange(c, [8]),
  ];
  const asked: unknown[] = [];
  const segmentsEntered: SegmentsEntered = async (tx, databaseId, segmentIds, given) => {
    asked.push([tx.isTransaction, databaseId, segmentIds, given]);
    return new Map([[9, new Set([b])]]);
  };
  assert.deepEqual(await fire(bench, changes, { segmentsEntered }), started(3));
  assert.deepEqual(asked, [[true, bench.databaseId, [7, 9], changes]]);
  assert.deepEqual(await entered(bench), [`1 ${a} seven`, `2 ${b} nine`, `2 ${a} again`]);
});

test('nobody is asked for segments while no trigger waits for one', async () => {
  await bench.publish([on('profile_updated'), end]);
  const profileId = await bench.addProfile();
  const segmentsEntered: SegmentsEntered = () => assert.fail('asked');
  assert.deepEqual(await fire(bench, [changeOf(profileId, {}, {})], { segmentsEntered }), started(1));
});

test('the filter asks the profiles as they are stored after the change', async () => {
  await bench.publish([on('profile_updated', { filter: { points: { $gte: 10 } } }), end]);
  const rich = await bench.addProfile({ points: 10 });
  const poor = await bench.addProfile({ points: 9 });
  const gone = '0'.repeat(24);
  const changes = [rich, poor, gone].map((id) => changeOf(id, { fields: { points: 10 } }));
  assert.deepEqual(await fire(bench, changes), started(1));
  assert.deepEqual(await entered(bench), [`1 ${rich} in`]);
});

test('never: a profile that was in the workflow is kept out, whichever start it would take', async () => {
  await bench.publish([on('profile_updated', {}, 'one'), on('profile_updated', {}, 'two'), end], 'never');
  const profileId = await bench.addProfile();
  assert.deepEqual(await fire(bench, [changeOf(profileId, {})]), started(1, 1));
  assert.deepEqual(await entered(bench), [`1 ${profileId} one`]);
  await bench.walk();
  assert.deepEqual(await fire(bench, [changeOf(profileId, {})]), started(0, 2));
});

test('each: two starts with one event are two runs', async () => {
  await bench.publish([on('profile_updated', {}, 'one'), on('profile_updated', {}, 'two'), end], 'each');
  const profileId = await bench.addProfile();
  assert.deepEqual(await fire(bench, [changeOf(profileId, {})]), started(2));
});

test('restart: a trigger ends the run inside, and the task of that one counts it', async () => {
  const target = await bench.publish(
    [
      { id: 'api', type: 'start', next: 'rest' },
      { id: 'rest', type: 'delay', for: 'PT1H' },
      on('profile_updated'),
      end,
    ],
    'restart',
  );
  const profileId = await bench.addProfile();
  await bench.start(target, { profileId });
  await bench.walk();
  bench.takeDeltas();
  assert.deepEqual(await fire(bench, [changeOf(profileId, {})]), started(1));
  assert.deepEqual(await bench.runs(), [
    { node: 'rest', status: 'ended', steps: 2, reason: 'restarted', ended: at() },
    { node: 'in', status: 'active', steps: 0, due: at() },
  ]);
  assert.deepEqual(bench.takeDeltas(), { waiting: -1, ended: 1, failed: 0 });
});

test('several writers of a transaction move the counters of a task in one write', async () => {
  const nodes = [{ id: 'api', type: 'start' }, on('profile_updated'), end];
  const [one, two] = [await bench.publish(nodes, 'restart'), await bench.publish(nodes, 'restart')];
  const profileId = await bench.addProfile();
  await bench.start(one, { profileId });
  await bench.start(two, { profileId });
  const counts = new RunCounts();
  const starting = {
    profileId,
    taskId: null,
    itemIndex: null,
    contextId: null,
    content: null,
    customData: null,
  };
  await withTx(bench.db, async (tx) => {
    await startRuns(tx, one, [starting], bench.clock.now(), counts);
    await fire(bench, [changeOf(profileId, {})], { db: tx, counts });
    assert.deepEqual(bench.deltas, [], 'no task is locked before the end');
    await counts.write(tx, bench.addRunCounts);
  });
  assert.deepEqual(bench.deltas, [{ taskId: TASK, waiting: 0, ended: 2, failed: 0 }]);
});

test('only the newest version of an active workflow of the database fires, from the moment it does', async () => {
  const { db, clock, databaseId } = bench;
  const profileId = await bench.addProfile();
  const change = [changeOf(profileId, {})];
  const definition = { nodes: [on('profile_updated'), end] };
  const { id } = await createWorkflow(db, clock, { name: 'w', databaseId, reentry: 'each', definition });
  assert.deepEqual(await fire(bench, change), started(0), 'a draft');
  await publishWorkflow(db, clock, id);
  assert.deepEqual(await fire(bench, change), started(0), 'published and not active');
  await setWorkflowActive(db, clock, id, true);
  assert.deepEqual(await fire(bench, change), started(1));
  await updateWorkflow(db, clock, id, { definition: { nodes: [on('profile_created'), end] } });
  assert.deepEqual(await fire(bench, change), started(1), 'a newer draft');
  await publishWorkflow(db, clock, id);
  assert.deepEqual(await fire(bench, change), started(0), 'a newer version');
  assert.deepEqual(await fire(bench, [changeOf(profileId, undefined)]), started(1));
  assert.deepEqual(await fire(bench, change, { databaseId: databaseId + 1 }), started(0));
  await setWorkflowActive(db, clock, id, false);
  assert.deepEqual(await fire(bench, [changeOf(profileId, undefined)]), started(0), 'switched off');
});

test('a stored trigger that cannot be read starts nobody and keeps nobody back', async () => {
  await bench.publish([on('profile_updated'), end]);
  await sql`update workflow_version set triggers = '[{"id":"in","type":"start","on":"moon"}]'`.execute(
    bench.db,
  );
  await bench.publish([on('profile_updated'), end]);
  const profileId = await bench.addProfile();
  assert.deepEqual(await fire(bench, [changeOf(profileId, {})]), started(1));
  assert.deepEqual(await entered(bench), [`2 ${profileId} in`]);
  assert.deepEqual(bench.logged, ['a trigger cannot be read and starts nobody']);
});

test('2,000 profiles take as many statements as 20', async () => {
  await bench.publish([on('profile_updated', { filter: { points: { $gte: 0 } } }), end], 'never');
  await bench.publish(
    [on('profile_updated', {}, 'one'), on('subscription_changed', { channel: 'email' }, 'two'), end],
    'restart',
  );
  await bench.publish([on('segment_entered', { segment_id: 1 }), end], 'each');
  const ids = await addProfiles(bench, 2_020, { points: 1 });
  const after = { fields: { points: 1 }, subscriptions: [subscription()] };
  const changes = ids.map((id) => ({ ...changeOf(id, {}, after), enteredSegments: [1] }));
  const statements: number[] = [];
  for (const part of [changes.slice(0, 20), changes.slice(20)]) {
    const counting = countStatements(bench.db);
    assert.deepEqual(await fire(bench, part, { db: counting.db }), started(4 * part.length));
    statements.push(counting.count());
  }
  // Lock, look for runs that wait, find the triggers; never: filter, look, insert; restart: end, insert for each of two; each: insert;
  // read what is told of the runs, tell it.
  assert.deepEqual(statements, [13, 13]);
});

test('without triggers in the database a batch costs one statement, without changes none', async () => {
  await bench.publish([{ id: 'in', type: 'start', next: 'out' }, end]);
  const profileId = await bench.addProfile();
  const counting = countStatements(bench.db);
  await fire(bench, [changeOf(profileId, undefined)], { db: counting.db });
  assert.equal(counting.count(), 2, 'the lock and the look');
  assert.deepEqual(await fire(bench, [], { db: counting.db }), started(0));
  assert.equal(counting.count(), 2);
});

test('imports of the same profiles at the same moment start each once where the mode says so', async () => {
  await bench.publish([on('profile_updated', {}, 'one'), on('profile_updated', {}, 'two'), end], 'never');
  const ids = await addProfiles(bench, 50);
  const changes = ids.map((id) => changeOf(id, {}));
  const orders = [changes, changes.toReversed(), changes.slice(10), changes.slice(0, 40).toReversed()];
  const figures = await Promise.all(orders.map((order) => fire(bench, order)));
  assert.equal(
    figures.reduce((sum, one) => sum + one.started, 0),
    50,
  );
  assert.deepEqual((await entered(bench)).sort(), ids.map((id) => `1 ${id} one`).sort());
});

test('what a transaction that is rolled back has fired is gone with it', async () => {
  await bench.publish([on('profile_updated'), end]);
  const profileId = await bench.addProfile();
  const failing = withTx(bench.db, async (tx) => {
    assert.deepEqual(await fire(bench, [changeOf(profileId, {})], { db: tx }), started(1));
    throw new Error('rolled back');
  });
  await assert.rejects(failing, /rolled back/);
  assert.deepEqual(await bench.runs(), []);
});
