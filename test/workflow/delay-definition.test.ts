import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { JsonObject } from '../../src/base/index.ts';
import { faultsOf } from './definition-faults.ts';
import { createBench, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
before(async () => {
  bench = await createBench();
});
beforeEach(() => bench.clear());
after(() => bench.drop());

function delaying(delay: JsonObject): JsonObject[] {
  return [
    { id: 'in', type: 'start', next: 'wait' },
    { id: 'wait', type: 'delay', ...delay },
    ...('no_date' in delay ? [{ id: 'none', type: 'end' }] : []),
  ];
}

const untilWhat = 'nodes.wait.until: expected an object with time, weekdays, date or at';
const refused: [what: string, delay: JsonObject, faults: string[]][] = [
  ['nothing to wait for', { until: {} }, [untilWhat]],
  ['until no object', { until: '09:30' }, [untilWhat]],
  [
    'both for and until',
    { for: 'P1D', until: { time: '09:30' } },
    ['nodes.wait.for: `for` and `until` exclude each other'],
  ],
  [
    'times and days that are none',
    { until: { time: '24:00', weekdays: ['sunday'], day: 1 } },
    [
      'nodes.wait.until.day: `until` has no such key',
      'nodes.wait.until.time: expected a time of day such as 09:30',
      'nodes.wait.until.weekdays: expected numbers from 1, Monday, to 7, or mon, tue, wed, thu, fri, sat, sun',
    ],
  ],
  [
    'no days at all',
    { until: { weekdays: [] } },
    ['nodes.wait.until.weekdays: expected a list of at least one day'],
  ],
  [
    'a fixed moment beside others',
    { until: { at: '2026-12-31', time: '09:00' } },
    ['nodes.wait.until.at: `at` stands alone'],
  ],
  [
    'a moment that is none',
    { until: { at: 'tomorrow' } },
    ['nodes.wait.until.at: expected an ISO 8601 date and time such as 2026-12-31T18:00:00+01:00'],
  ],
  [
    'a date that is none',
    { until: { date: { field: 1, yearly: 'yes', offset: '3 days', plus: 1 } } },
    [
      'nodes.wait.until.date.field: expected the name of a field',
      'nodes.wait.until.date.offset: expected an ISO 8601 duration such as P1D or -P3D',
      'nodes.wait.until.date.plus: a date has no such key',
      'nodes.wait.until.date.yearly: expected true or false',
    ],
  ],
  [
    'an offset of more than a year from what comes every year',
    { until: { date: { field: '_bdate', offset: '-P2Y', yearly: true } } },
    ['nodes.wait.until.date.offset: expected at most a year, as the date comes back every year'],
  ],
  [
    'an offset beyond all bounds',
    { until: { date: { field: '_bdate', offset: 'P999999999999Y' } } },
    ['nodes.wait.until.date.offset: expected at most ten years'],
  ],
  [
    'a field that the database does not have',
    { until: { date: { field: 'wedding' } } },
    ['nodes.wait.until.date.field: the database has no field wedding'],
  ],
  [
    'a field that holds no dates',
    { until: { date: { field: 'city' } } },
    ['nodes.wait.until.date.field: city holds no dates: its type is string'],
  ],
  [
    'a zone that is none',
    { for: 'P1D', zone: 'Mars/Olympus' },
    ['nodes.wait.zone: expected a time zone such as Europe/Moscow'],
  ],
  [
    'a way for those without a date where there is none',
    { until: { time: '09:00' }, no_date: 'none' },
    ['nodes.wait.no_date: only a delay until a date has this edge'],
  ],
];

for (const [what, delay, faults] of refused) {
  test(`publishing refuses ${what}`, async () => {
    const nodes = delaying(delay);
    assert.deepEqual((await faultsOf(bench, { nodes })).sort(), faults.toSorted());
  });
}
