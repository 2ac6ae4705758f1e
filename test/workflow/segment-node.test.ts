import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import type { JsonObject } from '../../src/base/index.ts';
import {
  addMembers,
  createSegment,
  deleteSegment,
  getSegment,
  segmentsEntered,
} from '../../src/segments/index.ts';
import { faultsOf } from './definition-faults.ts';
import { addProfiles, countWalk, entered } from './trigger-scene.ts';
import { at, createBench, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
before(async () => {
  bench = await createBench();
});
beforeEach(() => bench.clear());
after(() => bench.drop());

const ended = { node: 'set', status: 'ended', steps: 2, ended: at() };

function setting(own: JsonObject): JsonObject[] {
  return [
    { id: 'in', type: 'start', next: 'set' },
    { id: 'set', type: 'segment', ...own },
  ];
}

async function members(): Promise<string[]> {
  const { rows } = await sql<{ entry: string }>`
    select segment_id || ' ' || profile_id as entry from segment_member order by 1`.execute(bench.db);
  return rows.map(({ entry }) => entry);
}

test('profiles are put into segments and taken out, and those who enter fire triggers', async () => {
  const target = await bench.publish(setting({ add: [3, 4], remove: [5] }));
  await bench.publish([
    { id: 'came', type: 'start', on: 'segment_entered', segment_id: 4, next: 'over' },
    { id: 'over', type: 'delay', for: 'P1D' },
  ]);
  const [a = '', b = '', c = ''] = await addProfiles(bench, 3);
  await addMembers(bench.db, 4, [b], bench.clock.now());
  await addMembers(bench.db, 5, [a, c], bench.clock.now());
  await bench.start(target, { profileId: a }, { profileId: b }, { profileId: a });
  await bench.walk({ segmentsEntered });
  assert.deepEqual(await members(), [`3 ${a}`, `3 ${b}`, `4 ${a}`, `4 ${b}`, `5 ${c}`]);
  assert.deepEqual(await entered(bench), [`2 ${a} over`]);
  const { rows } = await sql`select depth from run where workflow_id = 2`.execute(bench.db);
  assert.deepEqual(rows, [{ depth: 1 }]);
});

test('what else the batch changes of the profile is told along with it', async () => {
  const nodes = setting({ add: [3], next: 'city' });
  const target = await bench.publish([
    ...nodes,
    { id: 'city', type: 'update_profile', fields: { city: 'Oslo' }, next: 'more' },
    { id: 'more', type: 'segment', add: [4] },
  ]);
  const over = { id: 'over', type: 'delay', for: 'P1D' };
  await bench.publish([
    { id: 'three', type: 'start', on: 'segment_entered', segment_id: 3, next: 'over' },
    { id: 'four', type: 'start', on: 'segment_entered', segment_id: 4, next: 'over' },
    { id: 'moved', type: 'start', on: 'profile_updated', filter: { segments: [3, 4] }, next: 'over' },
    over,
  ]);
  const profileId = await bench.addProfile();
  await bench.start(target, { profileId });
  await bench.walk({ segmentsEntered });
  assert.deepEqual(await entered(bench), [
    `2 ${profileId} over`,
    `2 ${profileId} over`,
    `2 ${profileId} over`,
  ]);
});

test('the statements do not grow with the runs', async () => {
  const target = await bench.publish(setting({ add: [3], remove: [4] }));
  assert.equal(await countWalk(bench, target, 20), await countWalk(bench, target, 1));
  assert.equal((await members()).length, 21);
});

test('a segment that is deleted meanwhile is passed over, a profile that is gone fails its run', async () => {
  const { id } = await createSegment(bench.db, bench.clock, {
    ...{ databaseId: bench.databaseId, name: 'short', filter: null },
  });
  const target = await bench.publish(setting({ add: [id, 3] }));
  const [a = '', b = ''] = await addProfiles(bench, 2);
  await bench.start(target, { profileId: a }, { profileId: b });
  await deleteSegment(bench.db, await getSegment(bench.db, id));
  await sql`delete from profile where id = ${b}`.execute(bench.db);
  await bench.walk();
  const reason = 'the profile does not exist any more';
  assert.deepEqual(await bench.runs(), [ended, { ...ended, status: 'failed', reason }]);
  assert.deepEqual(await members(), [`3 ${a}`]);
});

test('publishing refuses segments that are not there, that have a filter, and what is none', async () => {
  const { id } = await createSegment(bench.db, bench.clock, {
    ...{ databaseId: bench.databaseId, name: 'in Oslo', filter: { city: 'Oslo' } },
  });
  const refused: [own: JsonObject, faults: string[]][] = [
    [{}, ['nodes.set.add: expected segments to add or to remove']],
    [{ add: 3 }, ['nodes.set.add: expected a list of at most 20 ids of segments']],
    [{ remove: ['3'] }, ['nodes.set.remove: expected ids, whole numbers from 1']],
    [{ add: [3], remove: [3] }, ['nodes.set.remove: segment 3 is also among those to add']],
    [{ add: [3, 777] }, ['nodes.set.add: the database has no segment 777']],
    [{ remove: [id] }, [`nodes.set.remove: segment ${id} has a filter: nobody is put into it or taken out`]],
  ];
  for (const [own, faults] of refused) {
    assert.deepEqual(await faultsOf(bench, { nodes: setting(own) }), faults);
  }
});

test('publishing refuses triggers of segments and resources that are not there', async () => {
  const nodes = [
    { id: 'a', type: 'start', on: 'segment_entered', segment_id: 777 },
    { id: 'b', type: 'start', on: 'subscription_changed', resource_id: 777 },
    { id: 'c', type: 'start', on: 'subscription_changed', resource_id: 1, channel: 'viber' },
    { id: 'd', type: 'start', on: 'profile_updated', filter: { segments: 777 } },
  ];
  assert.deepEqual(await faultsOf(bench, { nodes }), [
    'nodes.a.segment_id: the database has no segment 777',
    'nodes.b.resource_id: there is no resource 777, or the database is not tied to it',
    'nodes.c.channel: resource 1 does not have the channel viber',
    'nodes.d.filter: the database has no segment 777',
  ]);
});
