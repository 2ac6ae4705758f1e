import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import type { JsonObject, JsonValue } from '../../src/base/index.ts';
import { createDatabase } from '../../src/profiles/index.ts';
import {
  createRunContext,
  createWorkflow,
  type Reentry,
  setWorkflowActive,
} from '../../src/workflow/index.ts';
import { draft, faultsOf } from './definition-faults.ts';
import { countWalk } from './trigger-scene.ts';
import { at, createBench, TASK, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
before(async () => {
  bench = await createBench();
});
beforeEach(() => bench.clear());
after(() => bench.drop());

const NONE = { waiting: 0, ended: 0, failed: 0 };
const jumped = { node: 'jump', status: 'ended', steps: 2, ended: at() };

function jumping(workflowId: number, own: JsonObject = {}): JsonObject[] {
  return [
    { id: 'in', type: 'start', next: 'jump' },
    { id: 'jump', type: 'workflow_jump', workflow_id: workflowId, ...own },
  ];
}

/** A workflow whose runs note what they were given, and rest. */
function taking(): JsonObject[] {
  return [
    { id: 'door', type: 'start', next: 'note' },
    { id: 'note', type: 'update_profile', fields: { note: '{apicontent.a} {apicontent.b}' }, next: 'rest' },
    { id: 'rest', type: 'delay', for: 'P1D' },
  ];
}

/** What runs carry, of those that were started by a jump. */
async function carried(): Promise<JsonObject[]> {
  const { rows } = await sql<JsonObject>`
    select task_id, item_index, context_id, content, custom_data, attach, depth from run where workflow_id = 1`.execute(
    bench.db,
  );
  return rows;
}

test('the run ends and one of the other workflow takes its place, with all that it carries', async () => {
  const into = await bench.publish(taking());
  const from = await bench.publish(jumping(into.workflowId));
  const contextId = await createRunContext(bench.db, {
    ...{ content: { a: 1, b: 2 }, customData: { order: 1 }, now: bench.clock.now() },
  });
  const profileId = await bench.addProfile();
  const attach = [{ name: 'a.pdf' }];
  const own = { content: { a: 5 }, customData: { order: 7 }, attach };
  await bench.start(from, { profileId, contextId }, { profileId, ...own });
  await sql`update run set saved = '{"b": 8}' where item_index = 0`.execute(bench.db);
  await bench.walk();
  await bench.walk();
  const reason = `jumped to workflow ${into.workflowId}`;
  const resting = { node: 'rest', status: 'waiting', steps: 3, due: at(86_400_000), resume: 'next' };
  assert.deepEqual(await bench.runs(), [
    { ...jumped, reason, saved: { b: 8 } },
    { ...jumped, reason },
    resting,
    resting,
  ]);
  const blank = { task_id: TASK, depth: 1 };
  assert.deepEqual(await carried(), [
    {
      ...blank,
      item_index: 0,
      context_id: contextId,
      content: { a: 1, b: 8 },
      custom_data: null,
      attach: null,
    },
    { ...blank, item_index: 1, context_id: null, content: { a: 5 }, custom_data: { order: 7 }, attach },
  ]);
  assert.equal((await bench.fieldsOf(profileId))?.['note'], '5 ');
  assert.deepEqual(await bench.counts(), {
    ...{ 'in next': 2, 'jump jump': 2, 'door next': 2, 'note next': 2 },
  });
  assert.deepEqual(bench.takeDeltas(), { ...NONE, waiting: 2 }, 'the task has as many runs as it started');
  bench.clock.advance(86_400_000);
  await bench.walk();
  assert.deepEqual(bench.takeDeltas(), { ...NONE, waiting: -2, ended: 2 });
});

test('content stays behind where the node says so', async () => {
  const into = await bench.publish(taking());
  const from = await bench.publish(jumping(into.workflowId, { with_content: false }));
  const contextId = await createRunContext(bench.db, {
    ...{ content: { a: 1 }, customData: null, now: bench.clock.now() },
  });
  const profileId = await bench.addProfile();
  await bench.start(from, { profileId, contextId, content: { b: 2 }, customData: { c: 3 } });
  await bench.walk();
  assert.deepEqual(await carried(), [
    {
      ...{ task_id: TASK, item_index: 0, context_id: null, content: null },
      custom_data: null,
      attach: null,
      depth: 1,
    },
  ]);
});

async function enteredBy(reentry: Reentry): Promise<[statuses: string[], deltas: JsonObject]> {
  const into = await bench.publish(taking(), reentry);
  const from = await bench.publish(jumping(into.workflowId));
  const profileId = await bench.addProfile();
  await bench.start(into, { profileId });
  await bench.walk();
  bench.takeDeltas();
  await bench.start(from, { profileId }, { profileId });
  await bench.walk();
  const { rows } = await sql<{ seen: string }>`
    select coalesce(reason, status) as seen from run where workflow_id = 1 order by id`.execute(bench.db);
  return [rows.map(({ seen }) => seen), { ...bench.takeDeltas() }];
}

const modes: [mode: Reentry, statuses: string[], deltas: JsonObject][] = [
  ['never', ['waiting'], { ...NONE, ended: 2 }],
  ['not_inside', ['waiting'], { ...NONE, ended: 2 }],
  ['restart', ['restarted', 'restarted', 'waiting'], { ...NONE, ended: 2 }],
  ['each', ['waiting', 'waiting', 'waiting'], { ...NONE, waiting: 2 }],
];

for (const [mode, statuses, deltas] of modes) {
  test(`a jump is subject to the re-entry mode ${mode}`, async () => {
    assert.deepEqual(await enteredBy(mode), [statuses, deltas]);
  });
}

test('a workflow that its run is inside of may be jumped to, as the run has left it', async () => {
  const nodes = (next: JsonValue) => [
    { id: 'in', type: 'start', next: 'rest' },
    { id: 'rest', type: 'delay', for: 'PT1M', next },
    { id: 'jump', type: 'workflow_jump', workflow_id: 1 },
  ];
  const target = await bench.publish(nodes('jump'), 'not_inside');
  await bench.start(target, { profileId: await bench.addProfile() });
  await bench.walk();
  bench.clock.advance(60_000);
  await bench.walk();
  const states = (await bench.runs()).map(({ node, status }) => `${node} ${status}`);
  assert.deepEqual(states, ['jump ended', 'rest waiting']);
  assert.deepEqual(bench.takeDeltas(), { ...NONE, waiting: 1 });
});

test('a circle of jumps ends after eight of them, and says so', async () => {
  const { db, clock } = bench;
  const first = await draft(bench, { nodes: [] });
  const second = await bench.publish(jumping(first));
  const target = await bench.republish(first, jumping(second.workflowId));
  await setWorkflowActive(db, clock, first, true);
  await bench.start(target, { profileId: await bench.addProfile() });
  let cut = 0;
  await bench.walk({ observeLoops: (runs) => (cut += runs) });
  const { rows } = await sql<{ depth: number; reason: string; status: string }>`
    select depth, reason, status from run order by id`.execute(db);
  assert.deepEqual(
    rows.map(({ depth }) => depth),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
  assert.deepEqual(rows.at(-1), {
    ...{ depth: 9, status: 'ended' },
    reason: 'not started: a chain of 8 jumps and triggers led here; workflows start each other in a circle',
  });
  assert.equal(cut, 1);
  assert.deepEqual(bench.logged, ['workflows start each other in a circle: cut after 8 triggers']);
  assert.equal((await bench.counts())['in loop'], 1);
  assert.deepEqual(bench.takeDeltas(), { ...NONE, ended: 1 });
});

test('a workflow that takes nobody is left by error, or fails the run with the reason', async () => {
  const { db, clock } = bench;
  const off = await bench.publish(taking());
  const triggered = await bench.publish([{ id: 'in', type: 'start', on: 'profile_created' }]);
  const careful = [
    ...jumping(off.workflowId, { error: 'lost' }),
    { id: 'lost', type: 'end', reason: 'nowhere to go' },
  ];
  const targets = [
    await bench.publish(jumping(off.workflowId)),
    await bench.publish(careful),
    await bench.publish(jumping(triggered.workflowId)),
    await bench.publish(jumping(await draft(bench, { nodes: [] }))),
  ];
  await setWorkflowActive(db, clock, off.workflowId, false);
  const profileId = await bench.addProfile();
  for (const target of targets) await bench.start(target, { profileId });
  await bench.walk();
  const failed = { ...jumped, status: 'failed' };
  assert.deepEqual(await bench.runs(), [
    { ...failed, reason: 'jump: workflow 1 is not active' },
    { ...jumped, node: 'lost', steps: 3, reason: 'nowhere to go' },
    { ...failed, reason: 'jump: workflow 2 has no start named Default' },
    { ...failed, reason: 'jump: workflow 6 is not active' },
  ]);
  assert.deepEqual(bench.takeDeltas(), { ...NONE, ended: 1, failed: 3 });
});

test('the statements do not grow with the runs', async () => {
  const into = await bench.publish([{ id: 'door', type: 'start' }]);
  const from = await bench.publish(jumping(into.workflowId));
  assert.equal(await countWalk(bench, from, 20), await countWalk(bench, from, 1));
});

test('publishing refuses a workflow that is not there or of another database', async () => {
  const { db, clock } = bench;
  const { id: databaseId } = await createDatabase(db, clock, { name: 'other' });
  const foreign = await createWorkflow(db, clock, { name: 'f', databaseId, reentry: 'each', definition: {} });
  const refused: [own: JsonObject, fault: string][] = [
    [{ workflow_id: 777 }, 'workflow_id: there is no workflow 777'],
    [{ workflow_id: foreign.id }, `workflow_id: workflow ${foreign.id} belongs to another database`],
    [{ workflow_id: 'two' }, 'workflow_id: expected an id, a whole number from 1'],
    [{ with_content: 1 }, 'with_content: expected true or false'],
    [{ next: 'in' }, 'next: a node of this type has no such key'],
  ];
  for (const [own, fault] of refused) {
    const nodes = jumping(1, own);
    assert.ok((await faultsOf(bench, { nodes })).includes(`nodes.jump.${fault}`), fault);
  }
});
