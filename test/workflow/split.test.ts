import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import type { JsonObject, JsonValue } from '../../src/base/index.ts';
import { loadShape, storeProfiles } from '../../src/profiles/index.ts';
import { countNodes, getWorkflow, listNodes } from '../../src/workflow/index.ts';
import { faultsOf } from './definition-faults.ts';
import { at, createBench, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
before(async () => {
  bench = await createBench();
});
beforeEach(() => bench.clear());
after(() => bench.drop());

const ends = ['a', 'b', 'c'].map((id) => ({ id, type: 'end' }));

function splitting(shares: readonly number[], own: JsonObject = {}): JsonObject[] {
  const branches = shares.map((share, index) => ({ share, next: ends[index]?.id ?? null }));
  return [
    { id: 'in', type: 'start', next: 'split' },
    { id: 'split', type: 'split', branches, ...own },
    ...ends.slice(0, shares.length),
  ];
}

/** Profiles with ids that are the same in every run of the test, and differ in their last digits. */
async function addFixed(count: number): Promise<string[]> {
  const shape = await loadShape(bench.db, bench.databaseId);
  const ids = Array.from({ length: count }, (_, n) => `65f0000000000000${n.toString(16).padStart(8, '0')}`);
  const created = ids.map((id) => ({ id, after: { fields: {}, subscriptions: [] } }));
  await storeProfiles(bench.db, shape, created, [], bench.clock.now());
  return ids;
}

async function waysOf(workflowId: number): Promise<Map<string, string>> {
  const { rows } = await sql<{ profile_id: string; node: string }>`
    select profile_id, node from run where workflow_id = ${workflowId} order by id`.execute(bench.db);
  return new Map(rows.map((row) => [row.profile_id, row.node]));
}

test('profiles are dealt out by the weights, each by the same way again, and by its own in another workflow', async () => {
  const ids = await addFixed(2_000);
  const shares = [5, 3, 2];
  const [first, second] = [await bench.publish(splitting(shares)), await bench.publish(splitting(shares))];
  for (const target of [first, second]) {
    await bench.start(target, ...ids.map((profileId) => ({ profileId })));
  }
  await bench.walk();
  const ways = await waysOf(first.workflowId);
  const counts = ends.map(({ id }) => [...ways.values()].filter((way) => way === id).length);
  const chiSquare = counts.reduce((sum, count, index) => {
    const expected = (ids.length * (shares[index] ?? 0)) / 10;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  // Two degrees of freedom: fair dealing passes 13.8 once in a thousand times.
  assert.ok(chiSquare < 13.8, `${counts}: ${chiSquare}`);
  const others = await waysOf(second.workflowId);
  const same = ids.filter((id) => ways.get(id) === others.get(id)).length;
  // Independent ways agree for 0.25 + 0.09 + 0.04 of the profiles.
  assert.ok(same > 0.3 * ids.length && same < 0.46 * ids.length, String(same));

  await sql`delete from run where workflow_id = ${first.workflowId}`.execute(bench.db);
  const again = await bench.republish(first.workflowId, splitting(shares));
  await bench.start(again, ...ids.map((profileId) => ({ profileId })));
  await bench.walk();
  assert.deepEqual(await waysOf(first.workflowId), ways);
});

test('branches are counted and listed, and one without a node ends the run', async () => {
  const nodes = splitting([1, 1]);
  nodes[1] = { ...nodes[1], branches: [{ share: 1e-6, next: 'a' }, { share: 1_000_000 }] };
  const target = await bench.publish(nodes.slice(0, 3));
  const [profileId = ''] = await addFixed(1);
  await bench.start(target, { profileId });
  await bench.walk();
  assert.deepEqual(await bench.runs(), [{ node: 'split', status: 'ended', steps: 2, ended: at() }]);
  assert.deepEqual(await bench.counts(), { 'in next': 1, 'split branch 2': 1 });
  assert.deepEqual((await countNodes(bench.db, target.workflowId)).at(-1), {
    ...{ version: 1, node: 'split', active: 0, waiting: 0, passed: { 'branch 2': 1 } },
  });
  const listed = await listNodes(bench.db, [await getWorkflow(bench.db, target.workflowId)]);
  assert.deepEqual(
    listed.get(target.workflowId)?.map(({ id, type }) => [id, type]),
    [
      ['in', 'start'],
      ['split', 'split'],
      ['a', 'end'],
    ],
  );
});

const many = Array.from({ length: 21 }, () => ({ share: 1 }));
const refused: [what: string, branches: JsonValue, faults: string[]][] = [
  ['one branch', [{ share: 1 }], ['nodes.split.branches: expected a list of 2 to 20 branches']],
  ['too many branches', many, ['nodes.split.branches: expected a list of 2 to 20 branches']],
  [
    'what is no branch',
    [{ share: 0 }, 'b', { share: 1, next: 7, edge: 'x' }, { share: 'half', next: 'nowhere' }],
    [
      'nodes.split.branches[0].share: expected a number above 0, at most 1000000',
      'nodes.split.branches[1]: expected an object with `share` and `next`',
      'nodes.split.branches[2].edge: a branch has no such key',
      'nodes.split.branches[2].next: expected the id of a node',
      'nodes.split.branches[3].next: there is no node "nowhere"',
      'nodes.split.branches[3].share: expected a number above 0, at most 1000000',
    ],
  ],
  [
    'a branch that spins',
    [{ share: 1 }, { share: 1, next: 'split' }],
    [
      'nodes.split.branches[1].next: runs would spin: no delay, api_call, send, wait_event lets them rest in the cycle split → split',
    ],
  ],
];

for (const [what, branches, faults] of refused) {
  test(`publishing refuses ${what}`, async () => {
    const nodes = splitting([]).map((node) => (node['id'] === 'split' ? { ...node, branches } : node));
    assert.deepEqual((await faultsOf(bench, { nodes })).sort(), faults.toSorted());
  });
}
