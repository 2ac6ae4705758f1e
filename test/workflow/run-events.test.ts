import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { withTx } from '../../src/db/index.ts';
import { lockProfiles } from '../../src/profiles/index.ts';
import { changeEvents, createRunContext, RunCounts, startRuns } from '../../src/workflow/index.ts';
import { createSendScene, type SendScene } from './send-scene.ts';
import { changeOf, segmentChange, subscription } from './trigger-scene.ts';
import { createBench, TASK, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
let scene: SendScene;
before(async () => {
  bench = await createBench();
});
beforeEach(async () => {
  await bench.clear();
  scene = await createSendScene(bench);
});
after(() => bench.drop());

const P = 'b'.repeat(24);
const base = { profileId: P, email: null, workflowId: null, customData: null };

test('changes are told as the events of the profile and of its subscriptions', () => {
  const before = { fields: { a: 1, b: 2, email: 'x@x.ru' }, subscriptions: [subscription()] };
  const gone = subscription({ status: 'unsubscribed' });
  assert.deepEqual(changeEvents([changeOf(P, undefined, { fields: { email: 'x@x.ru' } })]), [
    { ...base, email: 'x@x.ru', type: 'profile_created', data: {}, resourceId: null, subscription: null },
  ]);
  assert.deepEqual(
    changeEvents([changeOf(P, before, { fields: { a: 1, b: 3, c: [] }, subscriptions: [gone] })]),
    [
      {
        ...base,
        type: 'profile_updated',
        data: { fields: ['b', 'email', 'c'] },
        resourceId: null,
        subscription: null,
      },
      {
        ...base,
        ...{
          type: 'unsubscribed',
          data: { resource_id: 1, channel: 'email' },
          resourceId: 1,
          subscription: gone,
        },
      },
    ],
  );
  assert.deepEqual(changeEvents([segmentChange(P, [1])]), [], 'only segments have changed');
});

const straight = [
  { id: 'in', type: 'start', next: 'out' },
  { id: 'out', type: 'end', reason: 'done' },
];

test('a start and an end are told with the custom data of the item, else of the request', async () => {
  const target = await bench.publish(straight);
  const profileId = await scene.addPerson({ email: 'a@x.ru' });
  const { db, clock } = bench;
  const now = clock.now();
  await withTx(db, async (tx) => {
    await lockProfiles(tx, bench.databaseId, [profileId]);
    const contextId = await createRunContext(tx, { content: null, customData: { of: 'request' }, now });
    const start = { profileId, taskId: TASK, itemIndex: 0, contextId, content: null };
    const starts = [
      { ...start, customData: { of: 'item' } },
      { ...start, customData: null },
    ];
    await startRuns(tx, target, starts, now, new RunCounts());
  });
  await bench.walk();
  const events = await scene.events();
  const ids = events.map(({ data }) => data['run_id']);
  assert.deepEqual([ids[2], ids[3]], [ids[0], ids[1]]);
  const shared = {
    profileId,
    email: 'a@x.ru',
    workflowId: target.workflowId,
    resourceId: null,
    subscription: null,
  };
  const data = (run: number, node: string) => {
    return { workflow_id: target.workflowId, run_id: ids[run] ?? '', task_id: TASK, node };
  };
  const customData = [{ of: 'item' }, { of: 'request' }];
  const over = { status: 'ended', reason: 'done' };
  assert.deepEqual(events, [
    ...[0, 1].map((n) => ({
      ...shared,
      type: 'workflow_start',
      data: data(n, 'in'),
      customData: customData[n],
    })),
    ...[0, 1].map((n) => ({
      ...shared,
      type: 'workflow_end',
      data: { ...data(n, 'out'), ...over },
      customData: customData[n],
    })),
  ]);
});

test('a restart tells of the end of the old run and of those that are overtaken at once', async () => {
  const resting = [
    { id: 'in', type: 'start', next: 'rest' },
    { id: 'rest', type: 'delay', for: 'PT1H' },
  ];
  const target = await bench.publish(resting, 'restart');
  const profileId = await bench.addProfile();
  const begin = (...count: number[]) =>
    withTx(bench.db, async (tx) => {
      await lockProfiles(tx, bench.databaseId, [profileId]);
      const start = {
        profileId,
        taskId: null,
        itemIndex: null,
        contextId: null,
        content: null,
        customData: null,
      };
      const starts = count.map(() => start);
      return startRuns(tx, target, starts, bench.clock.now(), new RunCounts());
    });
  await begin(1);
  await bench.walk();
  assert.deepEqual(await scene.took(), ['workflow_start']);
  await begin(1, 2);
  const told = (await scene.events()).map(({ type, data }) => `${type} ${data['reason'] ?? ''}`);
  assert.deepEqual(told, [
    'workflow_start ',
    'workflow_start ',
    'workflow_end restarted',
    'workflow_end restarted',
  ]);
});

test('what a run makes of its profile is told with its custom data', async () => {
  const target = await bench.publish([
    { id: 'in', type: 'start', next: 'set' },
    { id: 'set', type: 'update_profile', fields: { points: 7 } },
  ]);
  const profileId = await bench.addProfile();
  await bench.start(target, { profileId, customData: { c: 1 } });
  await bench.walk();
  const [, updated, ended] = await scene.events();
  assert.deepEqual(
    [updated?.type, updated?.data, updated?.customData, updated?.workflowId, ended?.type],
    ['profile_updated', { fields: ['points'] }, { c: 1 }, target.workflowId, 'workflow_end'],
  );
});

test('the port tells of changes, fires triggers and knows the custom data of runs', async () => {
  const target = await bench.publish([{ id: 'in', type: 'start', on: 'profile_updated' }]);
  const profileId = await bench.addProfile();
  const port = scene.port();
  await withTx(bench.db, async (tx) => {
    await lockProfiles(tx, bench.databaseId, [profileId]);
    await port.changed(tx, bench.databaseId, [changeOf(profileId, {})], bench.clock.now());
  });
  assert.deepEqual(await scene.took(), ['profile_updated', 'workflow_start']);
  assert.deepEqual(
    (await bench.runs()).map(({ node }) => node),
    ['in'],
  );
  const api = await bench.publish(straight);
  await bench.start(api, { profileId, customData: { c: 1 } }, { profileId });
  const { rows } = await sql<{ slot: number; runId: string }>`select slot, id as "runId" from run`.execute(
    bench.db,
  );
  const data = await withTx(bench.db, (tx) => port.customData(tx, [...rows, { slot: 0, runId: 'gone' }]));
  assert.deepEqual([...data.values()], [{ c: 1 }]);
  assert.equal(target.workflowId, 1);
});
