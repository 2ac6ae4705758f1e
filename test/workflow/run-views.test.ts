import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import type { JsonObject } from '../../src/base/index.ts';
import { withTx } from '../../src/db/index.ts';
import { createRunContext, getRun, listRuns, type RunView } from '../../src/workflow/index.ts';
import { createSendScene, type SendScene } from './send-scene.ts';
import { jsonAnswer, startSink, type TargetSink } from './target-sink.ts';
import { createBench, TASK, type WorkflowBench } from './workflow-bench.ts';

const HOUR_MS = 3_600_000;
const T0 = '2026-03-01T00:00:00.000Z';

let bench: WorkflowBench;
let scene: SendScene;
let sink: TargetSink;
before(async () => {
  bench = await createBench();
  sink = await startSink();
});
beforeEach(async () => {
  await bench.clear();
  scene = await createSendScene(bench);
});
after(async () => {
  await sink.stop();
  await bench.drop();
});

/** The newest run. */
async function view(): Promise<RunView> {
  const { rows } = await sql<{ id: string }>`select id from run order by id desc limit 1`.execute(bench.db);
  const run = await getRun(bench.db, rows[0]?.id ?? '', bench.clock.now());
  assert.ok(run !== undefined);
  return run;
}

async function enter(nodes: JsonObject[], own: object = {}): Promise<void> {
  const target = await bench.publish([{ id: 'in', type: 'start', next: nodes[0]?.['id'] ?? null }, ...nodes]);
  await bench.start(target, { profileId: await scene.addPerson({ email: 'a@x.ru' }), ...own });
}

test('a run shows what it brings along and where it waits for its turn', async () => {
  const now = bench.clock.now();
  const root = { content: { a: 1 }, customData: { c: 2 }, attach: [{ name: 'a.pdf', file: 'x' }] };
  const contextId = await withTx(bench.db, (tx) => createRunContext(tx, { ...root, now }));
  await enter([{ id: 'out', type: 'end', reason: 'done' }], { contextId });
  const waiting = await view();
  assert.deepEqual(waiting, {
    ...{
      id: waiting.id,
      databaseId: bench.databaseId,
      profileId: waiting.profileId,
      workflowId: 1,
      version: 1,
    },
    ...{ taskId: TASK, itemIndex: 0, status: 'active', node: 'in', since: T0, startedAt: T0, endedAt: null },
    ...{ waitsFor: { kind: 'engine', since: T0 }, reason: null, steps: 0, trail: [] },
    ...{ content: { a: 1 }, customData: { c: 2 }, attach: ['a.pdf'] },
  });
  bench.clock.advance(1_000);
  await bench.walk();
  const over = await view();
  const at = '2026-03-01T00:00:01.000Z';
  assert.deepEqual(
    [over.status, over.waitsFor, over.reason, over.endedAt, over.since],
    ['ended', null, 'done', at, at],
  );
  assert.deepEqual(over.trail, [
    ['in', 'next', at],
    ['out', 'end', at, 'done'],
  ]);
  assert.equal(await getRun(bench.db, 'f'.repeat(24), now), undefined);
});

test('a run shows what it waits for: a time, a call, a message, an event', async () => {
  await enter([{ id: 'rest', type: 'delay', for: 'PT1H' }]);
  await bench.walk();
  const until = '2026-03-01T01:00:00.000Z';
  assert.deepEqual((await view()).waitsFor, { kind: 'time', until });
  bench.clock.advance(HOUR_MS);
  assert.deepEqual((await view()).waitsFor, { kind: 'engine', since: T0 });
  await bench.walk();

  await enter([{ id: 'ask', type: 'api_call', url: `${sink.url}/x`, save_as: 'shop' }]);
  await bench.walk();
  const call = (await view()).waitsFor;
  assert.ok(call?.kind === 'api_call');
  assert.deepEqual([call.status, call.attempts, call.reason], ['queued', 0, null]);

  const mail = { channel: 'email', resource_id: scene.resourceId, template_id: 1 };
  await enter([
    { id: 'mail', type: 'send', ...mail, next: 'wait' },
    { id: 'wait', type: 'wait_event', event: 'opened', timeout: 'P1D' },
  ]);
  await bench.walk();
  const message = (await view()).waitsFor;
  assert.ok(message?.kind === 'message');
  assert.deepEqual([message.status, message.attempts, message.reason], ['queued', 0, null]);
  await scene.tell({ kind: 'sent' });
  await bench.walk();
  const event = { kind: 'event', event: 'opened', message_id: message.id, until: '2026-03-02T01:00:00.000Z' };
  assert.deepEqual((await view()).waitsFor, event);
});

test('what a call has answered stands in the trail and in the content', async () => {
  sink.answer = () => jsonAnswer({ coupon: 'X' });
  await enter([{ id: 'ask', type: 'api_call', url: `${sink.url}/x`, save_as: 'shop' }], {
    content: { a: 1 },
  });
  await bench.walk();
  await bench.send();
  await bench.walk();
  const { trail, content } = await view();
  assert.deepEqual(content, { a: 1, shop: { coupon: 'X' } });
  assert.deepEqual(
    trail.map(
      ([node, outcome, , detail]) => `${node} ${outcome} ${detail?.replace(/[0-9a-f]{24}/, '#') ?? ''}`,
    ),
    ['in next ', 'ask waits call #', 'ask next HTTP 200'],
  );
});

test('a trail keeps the latest 200 steps', async () => {
  await enter([{ id: 'rest', type: 'delay', for: 'PT1H', next: 'rest' }]);
  await sql`update run set trail = (select jsonb_agg(jsonb_build_array('old', 'next', n::text)) from generate_series(1, 199) n)`.execute(
    bench.db,
  );
  await bench.walk();
  const trail = (await view()).trail;
  assert.equal(trail.length, 200);
  assert.deepEqual([trail[0]?.[2], trail[198]?.[0], trail[199]?.[0]], ['2', 'in', 'rest']);
  bench.clock.advance(HOUR_MS);
  await bench.walk();
  const later = (await view()).trail;
  assert.deepEqual([later.length, later[0]?.[2], later.at(-1)?.[1]], [200, '4', 'waits']);
});

test('lists go by workflow, profile and task, are filtered and paged from the newest', async () => {
  const straight = [{ id: 'in', type: 'start' }];
  const [one, two] = [await bench.publish(straight), await bench.publish(straight)];
  const [a, b] = [await bench.addProfile(), await bench.addProfile()];
  await bench.start(one, { profileId: a }, { profileId: b }, { profileId: a, taskId: null });
  await bench.walk();
  await bench.start(two, { profileId: a });
  const all = await sql<{ id: string }>`select id from run order by id`.execute(bench.db);
  const ids = all.rows.map(({ id }) => id);
  const list = async (query: object): Promise<number[]> => {
    const whole = { databaseIds: null, limit: 10, ...query };
    return (await listRuns(bench.db, whole, bench.clock.now())).map(({ id }) => ids.indexOf(id));
  };
  const [first, second] = [one.workflowId, two.workflowId];
  assert.deepEqual(await list({ workflowId: first }), [2, 1, 0]);
  assert.deepEqual(await list({ workflowId: first, limit: 2 }), [2, 1]);
  assert.deepEqual(await list({ workflowId: first, after: ids[1] }), [0]);
  assert.deepEqual(await list({ workflowId: first, from: ids[1] }), [2, 1]);
  assert.deepEqual(await list({ workflowId: first, taskId: TASK }), [1, 0]);
  assert.deepEqual(await list({ profileId: a }), [3, 2, 0]);
  assert.deepEqual(await list({ profileId: a, workflowId: second }), [3]);
  assert.deepEqual(await list({ profileId: a, status: 'ended' }), [2, 0]);
  assert.deepEqual(await list({ workflowId: second, node: 'out' }), []);
  assert.deepEqual(await list({ workflowId: second, databaseIds: [99] }), []);
});
