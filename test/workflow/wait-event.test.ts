import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import type { JsonObject } from '../../src/base/index.ts';
import { withTx } from '../../src/db/index.ts';
import type { MessageNews } from '../../src/messages/index.ts';
import { resumeWaiting } from '../../src/workflow/index.ts';
import { faultsOf } from './definition-faults.ts';
import { createSendScene, type SendScene } from './send-scene.ts';
import { changeOf, fire } from './trigger-scene.ts';
import { at, createBench, type WorkflowBench } from './workflow-bench.ts';

const DAY_MS = 86_400_000;

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

const ends = ['came', 'late'].map((id) => ({ id, type: 'end', reason: id }));

function waiting(own: JsonObject): JsonObject[] {
  const keys = { channel: 'email', resource_id: scene.resourceId, template_id: 1 };
  return [
    { id: 'in', type: 'start', next: 'mail' },
    { id: 'mail', type: 'send', ...keys, next: 'wait' },
    { id: 'wait', type: 'wait_event', timeout: 'P3D', next: 'came', timed_out: 'late', ...own },
    ...ends,
  ];
}

/** A run that waits for the event of a message that was sent. */
async function startWaiting(own: JsonObject): Promise<void> {
  const target = await bench.publish(waiting(own));
  await bench.start(target, { profileId: await scene.addPerson({ email: 'a@x.ru' }) });
  await bench.walk();
  await scene.tell({ kind: 'sent' });
  await bench.walk();
}

/** Resolves when a backend of this database waits for another's lock. */
async function untilBlocked(): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ waiting: number }>`
      select count(*) as waiting from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`.execute(bench.db);
    if ((rows[0]?.waiting ?? 0) > 0) return;
  }
}

async function reason(): Promise<string | undefined> {
  return (await bench.runs())[0]?.reason;
}

test('a run rests until the event, and not for others', async () => {
  await startWaiting({ event: 'opened' });
  const rests = { node: 'wait', status: 'waiting', steps: 3, due: at(3 * DAY_MS), resume: 'timed_out' };
  assert.deepEqual(await bench.runs(), [rests]);
  await scene.tell({ kind: 'delivered' }, { kind: 'reply' });
  await scene.tell({ kind: 'opened', messageId: 'f'.repeat(24) });
  assert.deepEqual(await bench.runs(), [rests]);
  bench.clock.advance(5_000);
  await scene.tell({ kind: 'opened' });
  await bench.walk();
  assert.equal(await reason(), 'came');
  const trail = (await scene.trails())[0]?.slice(3);
  assert.deepEqual(trail, [
    'wait | waits | opened of message #, until 2026-03-04T00:00:00.000Z',
    'wait | next | opened of message #',
    'came | end | came',
  ]);
});

test('a run goes on by timed_out when nothing comes, and hears nothing later', async () => {
  await startWaiting({ event: 'clicked' });
  bench.clock.advance(3 * DAY_MS - 1);
  await bench.walk();
  assert.equal(await reason(), undefined);
  bench.clock.advance(1);
  await bench.walk();
  assert.equal(await reason(), 'late');
  await scene.tell({ kind: 'clicked' });
  await bench.walk();
  assert.equal(await reason(), 'late');
});

/** What is told, and the events for which it is enough. */
const implied: [MessageNews['kind'], string[]][] = [
  ['delivered', ['delivered']],
  ['opened', ['delivered', 'opened']],
  ['clicked', ['delivered', 'opened', 'clicked']],
  ['reply', ['reply']],
];
for (const event of ['delivered', 'opened', 'clicked', 'reply']) {
  for (const [kind, enough] of implied) {
    test(`${kind} ${enough.includes(event) ? 'ends' : 'does not end'} the wait for ${event}`, async () => {
      await startWaiting({ event });
      await scene.tell({ kind });
      await bench.walk();
      assert.equal(await reason(), enough.includes(event) ? 'came' : undefined);
    });
  }
}

test('what has happened before is not waited for', async () => {
  const target = await bench.publish(waiting({ event: 'opened', node: 'mail' }));
  await bench.start(target, { profileId: await scene.addPerson({ email: 'a@x.ru' }) });
  await bench.walk();
  await sql`update message set clicked_at = ${bench.clock.now()}::timestamptz`.execute(bench.db);
  await scene.tell({ kind: 'sent' });
  await bench.walk();
  assert.equal(await reason(), 'came');
});

test('a run without a message has nothing to wait for', async () => {
  const [start, , ...rest] = waiting({ event: 'opened' });
  const target = await bench.publish([{ ...start, next: 'wait' }, ...rest]);
  await bench.start(target, { profileId: await scene.addPerson({}) });
  await bench.walk();
  assert.equal(await reason(), 'late');
  assert.ok((await scene.trails())[0]?.includes('wait | timed_out | the run has sent no message'));
});

test('an event that is told while the run comes to its rest is not lost', async () => {
  const target = await bench.publish(waiting({ event: 'opened' }));
  await bench.start(target, { profileId: await scene.addPerson({ email: 'a@x.ru' }) });
  await bench.walk();
  await scene.tell({ kind: 'sent' });
  const held = bench.signals.hold('engine.before-commit');
  const engine = bench.engine();
  await engine.start();
  await held.reached;
  // The teller waits for the engine's lock of the run, and then finds it at rest.
  const telling = scene.tell({ kind: 'opened' });
  await untilBlocked();
  held.release();
  await telling;
  await engine.stop();
  await bench.walk();
  assert.equal(await reason(), 'came');
});

const profileWaits = [
  { id: 'in', type: 'start', next: 'wait' },
  {
    id: 'wait',
    type: 'wait_event',
    event: 'profile_updated',
    timeout: 'P1D',
    next: 'came',
    timed_out: 'late',
  },
  ...ends,
];

test('profile_updated wakes the runs of the profiles that an import changes', async () => {
  const target = await bench.publish(profileWaits);
  const [one, other] = [await bench.addProfile(), await bench.addProfile()];
  await bench.start(target, { profileId: one }, { profileId: other });
  await bench.walk();
  await fire(bench, [changeOf(one, {}, { fields: { points: 1 } }), changeOf(other, undefined)]);
  await bench.walk();
  assert.deepEqual(
    (await bench.runs()).map((run) => run.reason),
    ['came', undefined],
  );
});

test('profile_updated wakes other runs of a profile that a run changes, not the one that changes it', async () => {
  const target = await bench.publish(profileWaits);
  const profileId = await bench.addProfile();
  await bench.start(target, { profileId });
  await bench.walk();
  const changing = await bench.publish([
    { id: 'in', type: 'start', next: 'set' },
    { id: 'set', type: 'update_profile', fields: { points: 7 }, next: 'wait' },
    ...profileWaits.slice(1),
  ]);
  await bench.start(changing, { profileId });
  await bench.walk();
  assert.deepEqual(
    (await bench.runs()).map((run) => run.reason),
    ['came', undefined],
  );
});

test('an event of the user’s own wakes runs that wait for its name', async () => {
  const own = { event: 'custom', name: 'paid' };
  const target = await bench.publish(
    profileWaits.map((node) => (node.id === 'wait' ? { ...node, ...own } : node)),
  );
  const [one, other] = [await bench.addProfile(), await bench.addProfile()];
  await bench.start(target, { profileId: one }, { profileId: other });
  await bench.walk();
  const raise = (name: string, databaseId = bench.databaseId) =>
    withTx(bench.db, (tx) => resumeWaiting(tx, databaseId, name, [one], bench.clock.now()));
  assert.deepEqual([await raise('sold'), await raise('paid', 99), await raise('paid')], [0, 0, 1]);
  await bench.walk();
  assert.deepEqual(
    (await bench.runs()).map((run) => run.reason),
    ['came', undefined],
  );
});

test('what is wrong with a wait keeps it from being published', async () => {
  const path = 'nodes.wait';
  const cases: [JsonObject, string[]][] = [
    [{ event: 'opened', timeout: 'P1Y' }, []],
    [{ event: 'opened', timeout: 'P1Y1D' }, [`${path}.timeout: expected a duration of at most one year`]],
    [
      { event: 'opened', timeout: 'soon' },
      [`${path}.timeout: expected an ISO 8601 duration such as PT30M or P3D`],
    ],
    [{ event: 'opened', timeout: 'PT0S' }, [`${path}.timeout: expected a duration longer than zero`]],
    [{ event: 'custom' }, [`${path}.name: expected 1 to 64 letters, digits, _, . or -`]],
    [{ event: 'opened', name: 'x' }, [`${path}.name: only a custom event has a name`]],
    [{ event: 'profile_updated', node: 'mail' }, [`${path}.node: only events of a message belong to a node`]],
    [{ event: 'opened', node: 'came' }, [`${path}.node: there is no send node "came"`]],
    [
      { event: 'opened', next: 'wait' },
      [
        `${path}.next: runs would spin: no delay, api_call, send, wait_event lets them rest in the cycle wait → wait`,
        'nodes.came: no path leads here from a start',
      ],
    ],
    [{ event: 'profile_updated', timed_out: 'wait' }, ['nodes.late: no path leads here from a start']],
  ];
  for (const [own, faults] of cases) {
    assert.deepEqual((await faultsOf(bench, { nodes: waiting(own) })).toSorted(), faults.toSorted());
  }
});
