import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import type { JsonObject } from '../../src/base/index.ts';
import { faultsOf } from './definition-faults.ts';
import { at, createBench, TASK, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
before(async () => {
  bench = await createBench();
});
beforeEach(() => bench.clear());
after(() => bench.drop());

/** A cycle over a delay and a condition that is never met. */
function cycle(delay: JsonObject): JsonObject {
  return {
    nodes: [
      { id: 'in', type: 'start', next: 'ask' },
      { id: 'ask', type: 'condition', filter: { points: { $gt: 9 } }, yes: 'out', no: 'rest' },
      { id: 'rest', type: 'delay', next: 'ask', ...delay },
      { id: 'out', type: 'end' },
    ],
  };
}

test('a cycle over a delay goes on until its end is met', async () => {
  const target = await bench.publish(cycle({ for: 'PT1M' })['nodes'] ?? null);
  const profileId = await bench.addProfile({ points: 1 });
  await bench.start(target, { profileId });
  for (let turn = 0; turn < 3; turn += 1) {
    await bench.walk();
    bench.clock.advance(60_000);
  }
  await sql`update profile set fields = fields || '{"points": 10}'`.execute(bench.db);
  await bench.walk();
  const ended = { node: 'out', status: 'ended', steps: 9, ended: at(180_000) };
  assert.deepEqual(await bench.runs(), [ended]);
  assert.deepEqual(await bench.counts(), {
    ...{ 'in next': 1, 'ask no': 3, 'rest next': 3, 'ask yes': 1, 'out end': 1 },
  });
});

test('a cycle over delays ends at the bound of steps, with the reason', async () => {
  const target = await bench.publish(cycle({ for: 'PT1M' })['nodes'] ?? null);
  await bench.start(target, { profileId: await bench.addProfile() });
  await bench.walk();
  await sql`update run set steps = 9998`.execute(bench.db);
  for (let turn = 1; turn <= 2; turn += 1) {
    bench.clock.advance(60_000);
    await bench.walk();
    if (turn === 1) assert.equal((await bench.runs())[0]?.steps, 10_000);
  }
  const reason = 'went through more than 10000 nodes';
  assert.deepEqual(await bench.runs(), [
    { node: 'ask', status: 'failed', steps: 10_001, reason, ended: at(120_000) },
  ]);
  const sum = bench.deltas.reduce((failed, delta) => failed + delta.failed, 0);
  assert.deepEqual([sum, bench.deltas[0]?.taskId], [1, TASK]);
});

const spinning = (path: string, turn: string) => [
  `nodes.${path}: runs would spin: no delay, api_call, send, wait_event lets them rest in the cycle ${turn}`,
];
const spins = spinning('rest.next', 'ask → rest → ask');
const date = { field: '_bdate', yearly: true };
const judged: [what: string, delay: JsonObject, faults: string[]][] = [
  ['a time of day', { until: { time: '09:30' } }, []],
  ['a time of day on a weekday', { until: { time: '09:30', weekdays: [1] } }, []],
  ['weekdays alone, of which today may be one', { until: { weekdays: [1] } }, spins],
  ['a date that may be missing', { until: { date } }, spins],
  ['a fixed moment, which passes', { until: { at: '2030-01-01' } }, spins],
  ['a date, with another way without one', { until: { date }, no_date: 'out' }, []],
  [
    'a date, where the way without one leads back',
    { until: { date }, next: 'out', no_date: 'ask' },
    spinning('rest.no_date', 'ask → rest → ask'),
  ],
];

for (const [what, delay, faults] of judged) {
  test(`a cycle over a delay until ${what} ${faults.length > 0 ? 'would spin' : 'rests'}`, async () => {
    assert.deepEqual(await faultsOf(bench, cycle(delay)), faults);
  });
}
