import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import type { JsonObject } from '../../src/base/index.ts';
import { createField } from '../../src/profiles/index.ts';
import { addMembers, createSegment, deleteSegment, getSegment } from '../../src/segments/index.ts';
import { faultsOf } from './definition-faults.ts';
import { addProfiles, changeOf, countStatements, entered, fire, subscription } from './trigger-scene.ts';
import { createBench, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
/** Filter segments: in Oslo, and with more than five points in segment 3. */
let [oslo, rich] = [0, 0];
before(async () => {
  bench = await createBench();
  oslo = await addFilterSegment({ city: 'Oslo' });
  rich = await addFilterSegment({ points: { $gt: 5 }, segments: 3 });
});
beforeEach(() => bench.clear());
after(() => bench.drop());

async function addFilterSegment(filter: JsonObject): Promise<number> {
  const { databaseId, clock } = bench;
  return (await createSegment(bench.db, clock, { databaseId, name: 'some', filter })).id;
}

function asking(filter: JsonObject): JsonObject[] {
  return [
    { id: 'in', type: 'start', next: 'ask' },
    { id: 'ask', type: 'condition', filter, yes: 'y', no: 'n' },
    { id: 'y', type: 'end' },
    { id: 'n', type: 'end' },
  ];
}

const letter = subscription({ status: 'subscribed' });
const gone = subscription({ status: 'unsubscribed' });
const news = subscription({ resource_id: 2 });

/** Names of those who meet the filter. */
async function meeting(
  filter: JsonObject,
  own: { count?: (statements: number) => void } = {},
): Promise<string> {
  const names = new Map([
    [await bench.addProfile({ city: 'Oslo', points: 1 }, [letter]), 'ann'],
    [await bench.addProfile({ city: 'Rome', points: 9 }, [gone, news]), 'bob'],
    [await bench.addProfile({ points: 9 }), 'cy'],
  ]);
  const [ann = '', bob = '', cy = ''] = names.keys();
  await addMembers(bench.db, 3, [ann, bob], bench.clock.now());
  await addMembers(bench.db, 4, [cy], bench.clock.now());
  const target = await bench.publish(asking(filter));
  await bench.start(target, ...[ann, bob, cy].map((profileId) => ({ profileId })));
  const counted = countStatements(bench.db);
  await bench.walk({ db: counted.db });
  own.count?.(counted.count());
  const { rows } = await sql<{ profile_id: string }>`
    select profile_id from run where node = 'y' order by id`.execute(bench.db);
  return rows.map((row) => names.get(row.profile_id)).join(' ');
}

const cases: [what: string, filter: () => JsonObject, who: string][] = [
  ['a static segment', () => ({ segments: 3 }), 'ann bob'],
  ['one of several', () => ({ segments: { $in: [4, 9] } }), 'cy'],
  ['all of several', () => ({ segments: { $all: [3, 4] } }), ''],
  ['none of several', () => ({ $nor: [{ segments: 3 }, { segments: 9 }] }), 'cy'],
  ['not a segment', () => ({ segments: { $ne: 4 } }), 'ann bob'],
  ['a filter segment', () => ({ segments: oslo }), 'ann'],
  ['not a filter segment', () => ({ segments: { $ne: oslo } }), 'bob cy'],
  ['a static and a filter segment', () => ({ segments: { $in: [4, oslo] } }), 'ann cy'],
  ['both of them', () => ({ segments: { $all: [3, oslo] } }), 'ann'],
  ['none of two filter segments', () => ({ $nor: [{ segments: oslo }, { segments: rich }] }), 'cy'],
  ['a filter segment that asks for a static one', () => ({ segments: rich }), 'bob'],
  ['by $elemMatch', () => ({ segments: { $elemMatch: { $in: [4, rich] } } }), 'bob cy'],
  [
    'a subscription',
    () => ({ subscriptions: { $elemMatch: { resource_id: 1, channel: 'email', status: 'subscribed' } } }),
    'ann',
  ],
  [
    'no subscription',
    () => ({ $nor: [{ subscriptions: { $elemMatch: { resource_id: 1, status: 'subscribed' } } }] }),
    'bob cy',
  ],
  ['a field of any subscription', () => ({ 'subscriptions.resource_id': 2 }), 'bob'],
  [
    'fields, subscriptions and segments together',
    () => ({ points: { $gt: 5 }, segments: 3, 'subscriptions.status': 'unsubscribed' }),
    'bob',
  ],
];

for (const [what, filter, who] of cases) {
  test(`a condition asks for ${what}`, async () => assert.equal(await meeting(filter()), who));
}

test('segments cost one statement more, however many are named', async () => {
  const counts: number[] = [];
  const count = (statements: number): unknown => counts.push(statements);
  for (const filter of [{ points: 9 }, { segments: 3 }, { segments: { $in: [3, 4, oslo, rich] } }]) {
    await bench.clear();
    await meeting(filter, { count });
  }
  const [plain = 0, ...named] = counts;
  assert.deepEqual(named, [plain + 1, plain + 1]);
});

test('a segment that is deleted meanwhile has nobody in it', async () => {
  const id = await addFilterSegment({});
  const target = await bench.publish(asking({ segments: id }));
  await deleteSegment(bench.db, await getSegment(bench.db, id));
  await bench.start(target, { profileId: await bench.addProfile() });
  await bench.walk();
  assert.equal((await bench.runs())[0]?.node, 'n');
});

test('triggers ask for filter segments, too', async () => {
  await bench.publish([
    { id: 'on', type: 'start', on: 'profile_updated', filter: { segments: oslo }, next: 'over' },
    { id: 'over', type: 'delay', for: 'P1D' },
  ]);
  const [there = ''] = await addProfiles(bench, 1, { city: 'Oslo' });
  const [away = ''] = await addProfiles(bench, 1, { city: 'Rome' });
  await fire(bench, [changeOf(there, {}), changeOf(away, {})]);
  assert.deepEqual(await entered(bench), [`1 ${there} on`]);
});

test('publishing refuses segments that are not there and too many with a filter', async () => {
  const ids = [oslo, rich];
  while (ids.length < 9) ids.push(await addFilterSegment({ points: ids.length }));
  assert.deepEqual(
    await faultsOf(bench, { nodes: asking({ $nor: [{ segments: [777] }, { segments: 778 }] }) }),
    ['nodes.ask.filter: the database has no segment 778'],
  );
  assert.deepEqual(await faultsOf(bench, { nodes: asking({ segments: { $in: ids } }) }), [
    'nodes.ask.filter: more than 8 segments that have a filter',
  ]);
  assert.deepEqual(await faultsOf(bench, { nodes: asking({ segments: { $in: ids.slice(1) } }) }), []);
});

test('no custom field can take the names of segments and subscriptions', async () => {
  for (const name of ['segments', 'subscriptions']) {
    const made = createField(bench.db, bench.clock, bench.databaseId, { name, type: 'tags' });
    await assert.rejects(made, { code: 400, detail: 'name: this name is reserved' });
  }
});
