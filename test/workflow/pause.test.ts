import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { pauseWorkflow, resumeWorkflow, stopWorkflow } from '../../src/workflow/index.ts';
import { createSendScene, type SendScene } from './send-scene.ts';
import { at, createBench, START, type WorkflowBench } from './workflow-bench.ts';

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

const NONE = { waiting: 0, ended: 0, failed: 0 };

function mailing() {
  const keys = { channel: 'email', resource_id: scene.resourceId, template_id: 1 };
  return [
    { id: 'in', type: 'start', next: 'mail' },
    { id: 'mail', type: 'send', ...keys, next: 'ask' },
    { id: 'ask', type: 'api_call', url: 'http://127.0.0.1:1/' },
  ];
}

test('runs of a paused workflow stay where they are, and new ones wait at the start', async () => {
  const straight = [{ id: 'in', type: 'start' }];
  const [paused, other] = [await bench.publish(straight), await bench.publish(straight)];
  const { db, clock } = bench;
  assert.deepEqual((await pauseWorkflow(db, clock, paused.workflowId)).pausedAt, START);
  const profileId = await bench.addProfile();
  assert.deepEqual(await bench.start(paused, { profileId }), ['started']);
  await bench.start(other, { profileId });
  await bench.walk();
  assert.deepEqual(await bench.runs(), [
    { node: 'in', status: 'active', steps: 0, due: at() },
    { node: 'in', status: 'ended', steps: 1, ended: at() },
  ]);
  clock.advance(1_000);
  assert.deepEqual(
    (await pauseWorkflow(db, clock, paused.workflowId)).pausedAt,
    START,
    'the first pause counts',
  );
  assert.equal((await resumeWorkflow(db, clock, paused.workflowId)).pausedAt, null);
  await bench.walk();
  assert.equal((await bench.runs())[0]?.status, 'ended');
});

test('resuming makes due what was held of this workflow, also by a second call', async () => {
  const target = await bench.publish(mailing());
  const other = await bench.publish(mailing());
  for (const into of [target, target, other]) {
    await bench.start(into, { profileId: await scene.addPerson({ email: 'a@x.ru' }) });
  }
  await bench.walk();
  await sql`update message set status = 'held', due_at = null`.execute(bench.db);
  const { db, clock } = bench;
  clock.advance(1_000);
  await resumeWorkflow(db, clock, target.workflowId);
  const { rows } = await sql<object>`
    select workflow_id as w, status, due_at from message order by id`.execute(db);
  const due = { w: target.workflowId, status: 'queued', due_at: clock.now() };
  assert.deepEqual(rows, [due, due, { w: other.workflowId, status: 'held', due_at: null }]);
});

test('held calls are made due by resuming', async () => {
  const target = await bench.publish([
    { id: 'in', type: 'start', next: 'ask' },
    { id: 'ask', type: 'api_call', url: 'http://127.0.0.1:1/' },
  ]);
  await bench.start(target, { profileId: await bench.addProfile() });
  await bench.walk();
  await sql`update api_call set status = 'held', due_at = null`.execute(bench.db);
  await resumeWorkflow(bench.db, bench.clock, target.workflowId);
  assert.deepEqual(await bench.calls(), [{ node: 'ask', status: 'queued', attempts: 0, left: 3, due: at() }]);
});

test('stop with finish takes nobody any more and lets runs go on', async () => {
  const target = await bench.publish([{ id: 'in', type: 'start' }]);
  await bench.start(target, { profileId: await bench.addProfile() });
  const { db, clock, addRunCounts } = bench;
  const stopped = await stopWorkflow(db, clock, target.workflowId, { runs: 'finish', addRunCounts });
  assert.equal(stopped.active, false);
  await bench.walk();
  assert.deepEqual(await bench.runs(), [{ node: 'in', status: 'ended', steps: 1, ended: at() }]);
});

test('stop with end ends the runs inside, takes back what is unsent and tells of it', async () => {
  const target = await bench.publish([...mailing()]);
  const other = await bench.publish(mailing());
  const profileIds = await Promise.all([0, 1, 2].map((n) => scene.addPerson({ email: `p${n}@x.ru` })));
  for (const profileId of profileIds) await bench.start(target, { profileId });
  await bench.start(other, { profileId: profileIds[0] ?? '' });
  await bench.walk();
  // One message is held, one under way, one queued; the run of the other workflow keeps its own.
  const { rows } = await sql<{ id: string }>`select id from message order by id`.execute(bench.db);
  const [first, second] = rows;
  await sql`update message set status = 'held', due_at = null where id = ${first?.id ?? ''}::text`.execute(
    bench.db,
  );
  await sql`update message set claim_token = gen_random_uuid() where id = ${second?.id ?? ''}::text`.execute(
    bench.db,
  );
  bench.takeDeltas();
  await scene.took();
  const { db, clock, addRunCounts } = bench;
  const stopped = await stopWorkflow(db, clock, target.workflowId, {
    runs: 'end',
    addRunCounts,
  });
  assert.equal(stopped.active, false);
  assert.deepEqual(
    (await bench.runs()).map(({ status, reason }) => [status, reason]),
    [...Array(3).fill(['ended', 'the workflow was stopped']), ['waiting', undefined]],
  );
  assert.deepEqual(
    (await scene.messages()).map(({ status }) => status),
    ['cancelled', 'queued', 'cancelled', 'queued'],
  );
  assert.equal((await scene.trails())[0]?.at(-1), 'mail | ended | the workflow was stopped');
  assert.deepEqual(bench.takeDeltas(), { ...NONE, waiting: -3, ended: 3 });
  assert.deepEqual(await scene.took(), ['workflow_end', 'workflow_end', 'workflow_end']);
});
