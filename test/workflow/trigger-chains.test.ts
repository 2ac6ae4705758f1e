import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import type { JsonObject } from '../../src/base/index.ts';
import type { ProfileChange } from '../../src/profiles/index.ts';
import { countNodes, type SegmentsEntered } from '../../src/workflow/index.ts';
import { addProfiles, changeOf, countStatements, entered, fire } from './trigger-scene.ts';
import { at, createBench, TASK, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
before(async () => {
  bench = await createBench();
});
beforeEach(() => bench.clear());
after(() => bench.drop());

const end = { id: 'out', type: 'end' };
const NONE = { waiting: 0, ended: 0, failed: 0 };
const STOPPED = 'not started: a chain of 8 triggers led here; workflows start each other in a circle';
const CUT = 'workflows start each other in a circle: cut after 8 triggers';

/** A start that an updated profile enters, and a node that sets fields. */
function updating(fields: JsonObject, filter?: JsonObject, own: JsonObject = {}): JsonObject[] {
  return [
    {
      id: 'in',
      type: 'start',
      on: 'profile_updated',
      next: 'set',
      ...(filter === undefined ? {} : { filter }),
    },
    { id: 'set', type: 'update_profile', fields, ...own },
  ];
}

/** The same, entered from the API. */
function setting(fields: JsonObject): JsonObject[] {
  return [
    { id: 'in', type: 'start', next: 'set' },
    { id: 'set', type: 'update_profile', fields },
  ];
}

async function depths(): Promise<{ workflow: number; depth: number }[]> {
  const { rows } = await sql<{ workflow: number; depth: number }>`
    select workflow_id as workflow, depth from run order by id`.execute(bench.db);
  return rows;
}

/** The sum of the runs that the engine says were cut off. */
function watchLoops(): { observeLoops: (runs: number) => void; cut: () => number } {
  let cut = 0;
  return { observeLoops: (runs) => (cut += runs), cut: () => cut };
}

test('what a run changes of its profile starts other workflows, what it leaves as it is does not', async () => {
  const target = await bench.publish(setting({ city: 'Oslo' }));
  await bench.publish([
    { id: 'moved', type: 'start', on: 'profile_updated', filter: { city: 'Oslo' }, next: 'out' },
    { id: 'made', type: 'start', on: 'profile_created', next: 'out' },
    end,
  ]);
  const [rome = '', oslo = ''] = [
    await bench.addProfile({ city: 'Rome' }),
    await bench.addProfile({ city: 'Oslo' }),
  ];
  await bench.start(target, { profileId: rome }, { profileId: oslo });
  await bench.walk();
  const walked = { node: 'set', status: 'ended', steps: 2, ended: at() };
  assert.deepEqual(await bench.runs(), [walked, walked, { ...walked, node: 'out' }]);
  assert.deepEqual(await depths(), [
    { workflow: 1, depth: 0 },
    { workflow: 1, depth: 0 },
    { workflow: 2, depth: 1 },
  ]);
  const { rows } = await sql`select profile_id, task_id from run where depth = 1`.execute(bench.db);
  assert.deepEqual(rows, [{ profile_id: rome, task_id: null }]);
  assert.deepEqual(
    bench.takeDeltas(),
    { ...NONE, ended: 2 },
    'the triggered run is not counted for the task',
  );
  assert.deepEqual(bench.logged, []);
});

test('a batch fires once for a profile, however many nodes and runs have changed it', async () => {
  const target = await bench.publish([
    ...setting({ note: '{lead.note}x' }).map((node) =>
      node['id'] === 'set' ? { ...node, next: 'more' } : node,
    ),
    { id: 'more', type: 'update_profile', fields: { city: 'Oslo' } },
  ]);
  const entries: ProfileChange[][] = [];
  const segmentsEntered: SegmentsEntered = async (_tx, _databaseId, _ids, changes) => {
    entries.push([...changes]);
    return new Map([[5, new Set(changes.map(({ profileId }) => profileId))]]);
  };
  await bench.publish([
    { id: 'in', type: 'start', on: 'profile_updated', next: 'out' },
    { id: 'in5', type: 'start', on: 'segment_entered', segment_id: 5, next: 'out' },
    end,
  ]);
  const profileId = await bench.addProfile({ note: '>' });
  await bench.start(target, { profileId }, { profileId });
  await bench.walk({ segmentsEntered });
  assert.deepEqual(entries, [
    [changeOf(profileId, { fields: { note: '>' } }, { fields: { note: '>xx', city: 'Oslo' } })],
  ]);
  assert.equal((await depths()).filter(({ depth }) => depth === 1).length, 2);
});

test('two workflows that update each other end at the bound, and say so', async () => {
  await bench.publish(updating({ note: 'a' }, { note: 'b' }));
  await bench.publish(updating({ note: 'b' }, { note: 'a' }));
  const profileId = await bench.addProfile({ note: 'b' });
  await fire(bench, [changeOf(profileId, {}, { fields: { note: 'b' } })]);
  const loops = watchLoops();
  await bench.walk(loops);
  const walked = { node: 'set', status: 'ended', steps: 2, ended: at() };
  const stopped = { node: 'in', status: 'ended', steps: 0, reason: STOPPED, ended: at() };
  assert.deepEqual(await bench.runs(), [...Array.from({ length: 8 }, () => walked), stopped]);
  assert.deepEqual(
    await depths(),
    [1, 2, 3, 4, 5, 6, 7, 8, 9].map((depth) => ({ workflow: depth % 2 === 1 ? 1 : 2, depth })),
  );
  assert.deepEqual(await countNodes(bench.db, 1), [
    { version: 1, node: 'in', active: 0, waiting: 0, passed: { next: 4, loop: 1 } },
    { version: 1, node: 'set', active: 0, waiting: 0, passed: { next: 4 } },
  ]);
  assert.deepEqual([bench.logged, loops.cut()], [[CUT], 1]);
  assert.deepEqual(bench.deltas, []);
  await bench.walk(loops);
  assert.equal((await bench.runs()).length, 9, 'it is over');
});

test('a workflow that starts itself ends at the bound for every profile of a batch', async () => {
  await bench.publish(updating({ note: '{lead.note}x' }));
  const ids = await addProfiles(bench, 30, { note: '' });
  await fire(
    bench,
    ids.map((id) => changeOf(id, {})),
  );
  const loops = watchLoops();
  await bench.walk(loops);
  assert.equal((await bench.runs()).length, 9 * 30);
  assert.deepEqual(await bench.counts(), { 'in next': 240, 'set next': 240, 'in loop': 30 });
  assert.deepEqual([bench.logged, loops.cut()], [[CUT], 30]);
  assert.deepEqual(await bench.fieldsOf(ids[0] ?? ''), { note: 'xxxxxxxx' });
});

test('a run that was cut off ends no run inside', async () => {
  const rest = { id: 'rest', type: 'delay', for: 'PT1H' };
  await bench.publish([...updating({ note: '{lead.note}x' }, undefined, { next: 'rest' }), rest], 'restart');
  const profileId = await bench.addProfile({ note: '' });
  await fire(bench, [changeOf(profileId, {})]);
  await bench.walk();
  const restarted = { node: 'rest', status: 'ended', steps: 3, reason: 'restarted', ended: at() };
  assert.deepEqual(await bench.runs(), [
    ...Array.from({ length: 7 }, () => restarted),
    { node: 'rest', status: 'waiting', steps: 3, due: at(3_600_000), resume: 'next' },
    { node: 'in', status: 'ended', steps: 0, reason: STOPPED, ended: at() },
  ]);
});

test('a chain is counted through delays, and never through what an import starts', async () => {
  const rest = { id: 'rest', type: 'delay', for: 'PT1H', next: 'set' };
  const [start = {}, set = {}] = updating({ note: '{lead.note}x' });
  await bench.publish([{ ...start, next: 'rest' }, rest, set]);
  const profileId = await bench.addProfile({ note: '' });
  await fire(bench, [changeOf(profileId, {})]);
  for (let hour = 0; hour < 12; hour += 1) {
    await bench.walk();
    bench.clock.advance(3_600_000);
  }
  assert.deepEqual(await bench.fieldsOf(profileId), { note: 'xxxxxxxx' });
  assert.deepEqual(
    (await depths()).map(({ depth }) => depth),
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
  await fire(bench, [changeOf(profileId, {})]);
  assert.deepEqual((await depths()).at(-1), { workflow: 1, depth: 1 });
});

test('runs of several depths in a batch each lead one deeper', async () => {
  const target = await bench.publish([
    ...updating({ note: '{lead.note}x' }, { note: '' }),
    { id: 'api', type: 'start', next: 'set' },
  ]);
  await bench.publish([
    { id: 'in', type: 'start', on: 'profile_updated', filter: { note: 'x' }, next: 'out' },
    end,
  ]);
  const [a = '', b = ''] = await addProfiles(bench, 2, { note: '' });
  await bench.start(target, { profileId: a });
  await fire(bench, [changeOf(b, {})], { depth: 4 });
  await bench.walk();
  const { rows } = await sql`select profile_id, depth from run where workflow_id = 2 order by id`.execute(
    bench.db,
  );
  assert.deepEqual(rows, [
    { profile_id: a, depth: 1 },
    { profile_id: b, depth: 5 },
  ]);
});

test('a batch of 400 runs fires with as many statements as one of 20', async () => {
  const target = await bench.publish(setting({ city: 'Oslo' }));
  await bench.publish(
    [
      { id: 'in', type: 'start', on: 'profile_updated', filter: { city: 'Oslo' }, next: 'rest' },
      { id: 'rest', type: 'delay', for: 'PT1H' },
    ],
    'restart',
  );
  const counts: number[] = [];
  for (const size of [20, 400]) {
    const ids = await addProfiles(bench, size);
    await bench.start(target, ...ids.map((profileId) => ({ profileId })));
    const counting = countStatements(bench.db);
    await bench.walk({ db: counting.db });
    counts.push(counting.count());
    assert.equal((await entered(bench)).length, size);
    await sql`truncate run`.execute(bench.db);
  }
  assert.equal(counts[0], counts[1]);
});

test('a trigger that restarts a workflow moves the counters of the task once, after all else', async () => {
  const target = await bench.publish(
    [
      ...setting({ city: 'Oslo' }).map((node) => (node['id'] === 'set' ? { ...node, next: 'rest' } : node)),
      { id: 'rest', type: 'delay', for: 'PT1H' },
      { id: 'again', type: 'start', on: 'profile_updated', next: 'out' },
      end,
    ],
    'restart',
  );
  const profileId = await bench.addProfile();
  await bench.start(target, { profileId });
  await bench.walk();
  assert.deepEqual(await bench.runs(), [
    { node: 'rest', status: 'ended', steps: 3, reason: 'restarted', ended: at() },
    { node: 'out', status: 'ended', steps: 2, ended: at() },
  ]);
  assert.deepEqual(bench.deltas, [{ ...NONE, taskId: TASK, ended: 1 }]);
});
