import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { type JsonObject, ManualClock } from '../../src/base/index.ts';
import { createBench, type WorkflowBench } from './workflow-bench.ts';

let bench: WorkflowBench;
before(async () => {
  bench = await createBench();
});
beforeEach(() => bench.clear());
after(() => bench.drop());

const BERLIN = 'Europe/Berlin';
const NEW_YORK = 'America/New_York';
const MOSCOW = 'Europe/Moscow';

function delaying(delay: JsonObject): JsonObject[] {
  return [
    { id: 'in', type: 'start', next: 'wait' },
    { id: 'wait', type: 'delay', next: 'over', ...delay },
    { id: 'over', type: 'end' },
    ...('no_date' in delay ? [{ id: 'none', type: 'end' }] : []),
  ];
}

/** Where a run comes to that enters the delay now: until when it waits, else the node and the reason. */
async function enter(delay: JsonObject, now: string, fields: JsonObject = {}): Promise<string> {
  bench.clock = new ManualClock(new Date(now));
  const target = await bench.publish(delaying(delay));
  await bench.start(target, { profileId: await bench.addProfile(fields) });
  await bench.walk();
  const [run] = await bench.runs();
  await sql`truncate run`.execute(bench.db);
  assert.ok(run !== undefined);
  if (run.status === 'waiting') return `${run.due}Z`;
  return run.reason === undefined ? run.node : `${run.status}: ${run.reason}`;
}

type Case = [what: string, delay: JsonObject, now: string, fields: JsonObject, becomes: string];

const lengths: Case[] = [
  [
    'a day keeps the time of day when clocks go forward',
    { for: 'P1D' },
    '2026-03-28T11:00:00Z',
    { _tz: BERLIN },
    '2026-03-29T10:00:00Z',
  ],
  [
    'a day keeps the time of day when clocks go back',
    { for: 'P1D' },
    '2026-10-31T16:00:00Z',
    { _tz: NEW_YORK },
    '2026-11-01T17:00:00Z',
  ],
  ['hours are hours', { for: 'PT24H' }, '2026-03-28T11:00:00Z', { _tz: BERLIN }, '2026-03-29T11:00:00Z'],
  [
    'a zone without such changes',
    { for: 'P1D' },
    '2026-03-28T11:00:00Z',
    { _tz: MOSCOW },
    '2026-03-29T11:00:00Z',
  ],
  [
    'the zone of the node for who has none',
    { for: 'P1D', zone: BERLIN },
    '2026-03-28T11:00:00Z',
    {},
    '2026-03-29T10:00:00Z',
  ],
  [
    'the zone of the node for who has one that is none',
    { for: 'P1D', zone: BERLIN },
    '2026-03-28T11:00:00Z',
    { _tz: 'Mars/Olympus' },
    '2026-03-29T10:00:00Z',
  ],
  ['UTC where nobody says', { for: 'P1M' }, '2026-03-15T11:00:00Z', {}, '2026-04-15T11:00:00Z'],
  [
    'a day that ends in the hour that is skipped',
    { for: 'P1D' },
    '2026-03-28T01:30:00Z',
    { _tz: BERLIN },
    '2026-03-29T01:30:00Z',
  ],
];

const times: Case[] = [
  [
    'today, if it is still to come',
    { until: { time: '09:30' } },
    '2026-06-10T06:29:59Z',
    { _tz: MOSCOW },
    '2026-06-10T06:30:00Z',
  ],
  [
    'tomorrow at the very moment',
    { until: { time: '09:30' } },
    '2026-06-10T06:30:00Z',
    { _tz: MOSCOW },
    '2026-06-11T06:30:00Z',
  ],
  [
    'the day is that of the zone',
    { until: { time: '09:30:15' } },
    '2026-06-10T23:00:00Z',
    { _tz: NEW_YORK },
    '2026-06-11T13:30:15Z',
  ],
  [
    'a time that does not exist is moved on',
    { until: { time: '02:30' } },
    '2026-03-28T12:00:00Z',
    { _tz: BERLIN },
    '2026-03-29T01:30:00Z',
  ],
  [
    'the same in New York',
    { until: { time: '02:30' } },
    '2026-03-08T05:00:00Z',
    { _tz: NEW_YORK },
    '2026-03-08T07:30:00Z',
  ],
  [
    'of a time that is there twice, the first',
    { until: { time: '02:30' } },
    '2026-10-24T12:00:00Z',
    { _tz: BERLIN },
    '2026-10-25T00:30:00Z',
  ],
  [
    'between the two it is tomorrow',
    { until: { time: '02:30' } },
    '2026-10-25T00:45:00Z',
    { _tz: BERLIN },
    '2026-10-26T01:30:00Z',
  ],
  [
    'of a time that is there twice in New York, the first',
    { until: { time: '01:30' } },
    '2026-11-01T04:30:00Z',
    { _tz: NEW_YORK },
    '2026-11-01T05:30:00Z',
  ],
  [
    'the next of the weekdays, by word and number',
    { until: { time: '10:00', weekdays: ['mon', 3] } },
    '2026-06-10T07:00:00Z',
    { _tz: MOSCOW },
    '2026-06-15T07:00:00Z',
  ],
  [
    'a weekday that is today',
    { until: { time: '10:00', weekdays: [3] } },
    '2026-06-10T06:59:00Z',
    { _tz: MOSCOW },
    '2026-06-10T07:00:00Z',
  ],
  [
    'the same weekday in a week',
    { until: { time: '10:00', weekdays: [3] } },
    '2026-06-10T07:00:00Z',
    { _tz: MOSCOW },
    '2026-06-17T07:00:00Z',
  ],
  [
    'a weekday alone, today, at once',
    { until: { weekdays: ['wed'] } },
    '2026-06-10T21:30:00Z',
    { _tz: NEW_YORK },
    'over',
  ],
  [
    'a weekday alone begins at midnight',
    { until: { weekdays: ['wed'] } },
    '2026-06-10T21:30:00Z',
    { _tz: MOSCOW },
    '2026-06-16T21:00:00Z',
  ],
];

const birthday = { field: '_bdate', yearly: true };
const dates: Case[] = [
  [
    'a date begins at its midnight',
    { until: { date: { field: '_bdate' } } },
    '2026-06-10T00:00:00Z',
    { _tz: BERLIN, _bdate: '2026-07-01' },
    '2026-06-30T22:00:00Z',
  ],
  [
    'an offset and a time of day',
    { until: { date: { field: '_bdate', offset: '-P3D' }, time: '09:30' } },
    '2026-06-10T00:00:00Z',
    { _tz: BERLIN, _bdate: '2026-07-01' },
    '2026-06-28T07:30:00Z',
  ],
  [
    'weekdays move it on, never back',
    { until: { date: { field: '_bdate', offset: '-P3D' }, time: '09:30', weekdays: [1, 2, 3, 4, 5] } },
    '2026-06-10T00:00:00Z',
    { _tz: BERLIN, _bdate: '2026-07-01' },
    '2026-06-29T07:30:00Z',
  ],
  [
    'a date and time keeps its moment',
    { until: { date: { field: 'due', offset: 'P1D' } } },
    '2026-03-20T00:00:00Z',
    { _tz: BERLIN, due: '2026-03-28T11:00:00.000Z' },
    '2026-03-29T10:00:00Z',
  ],
  [
    'a date that has passed',
    { until: { date: { field: 'due' } } },
    '2026-06-10T00:00:00Z',
    { due: '2026-06-10T00:00:00.000Z' },
    'over',
  ],
  [
    'a date that has passed, by its own way',
    { until: { date: { field: 'due' } }, no_date: 'none' },
    '2026-06-10T00:00:00Z',
    { due: '2026-06-09T00:00:00.000Z' },
    'none',
  ],
  ['no date', { until: { date: { field: 'due' } } }, '2026-06-10T00:00:00Z', {}, 'over'],
  [
    'no date, by its own way',
    { until: { date: { field: 'due' } }, no_date: 'none' },
    '2026-06-10T00:00:00Z',
    {},
    'none',
  ],
  [
    'a date beyond ten years',
    { until: { date: { field: 'due' } } },
    '2026-06-10T00:00:00Z',
    { due: '2036-06-10T00:00:01.000Z' },
    'failed: wait: the date lies more than 10 years ahead',
  ],
  [
    'a date beyond ten years, by the way of those without one',
    { until: { date: { field: 'due' } }, no_date: 'none' },
    '2026-06-10T00:00:00Z',
    { due: '2036-06-10T00:00:01.000Z' },
    'none',
  ],
  [
    'a date of just ten years',
    { until: { date: { field: 'due' } } },
    '2026-06-10T00:00:00Z',
    { due: '2036-06-10T00:00:00.000Z' },
    '2036-06-10T00:00:00Z',
  ],
  [
    'the birthday of this year',
    { until: { date: birthday, time: '09:00' } },
    '2026-06-10T00:00:00Z',
    { _tz: MOSCOW, _bdate: '1980-06-10' },
    '2026-06-10T06:00:00Z',
  ],
  [
    'the birthday of next year',
    { until: { date: birthday, time: '09:00' } },
    '2026-06-10T06:00:00Z',
    { _tz: MOSCOW, _bdate: '1980-06-10' },
    '2027-06-10T06:00:00Z',
  ],
  [
    'three days before a birthday in the new year',
    { until: { date: { ...birthday, offset: '-P3D' } } },
    '2026-12-01T00:00:00Z',
    { _bdate: '1980-01-02' },
    '2026-12-30T00:00:00Z',
  ],
  [
    'a birthday on 29 February in a common year',
    { until: { date: birthday } },
    '2026-06-10T00:00:00Z',
    { _bdate: '1980-02-29' },
    '2027-02-28T00:00:00Z',
  ],
  [
    'a birthday on 29 February in a leap year',
    { until: { date: birthday } },
    '2027-06-10T00:00:00Z',
    { _bdate: '1980-02-29' },
    '2028-02-29T00:00:00Z',
  ],
  [
    'a yearly date does not come before its first',
    { until: { date: { field: 'due', yearly: true } } },
    '2026-06-10T00:00:00Z',
    { due: '2029-05-01T08:00:00.000Z' },
    '2029-05-01T08:00:00Z',
  ],
  [
    'a fixed moment',
    { until: { at: '2026-12-31T18:00:00+01:00' } },
    '2026-06-10T00:00:00Z',
    {},
    '2026-12-31T17:00:00Z',
  ],
  [
    'a fixed moment of everybody’s own day',
    { until: { at: '2026-12-31T18:00' } },
    '2026-06-10T00:00:00Z',
    { _tz: NEW_YORK },
    '2026-12-31T23:00:00Z',
  ],
  [
    'a fixed local time that is there twice, the first',
    { until: { at: '2026-10-25T02:30' } },
    '2026-06-10T00:00:00Z',
    { _tz: BERLIN },
    '2026-10-25T00:30:00Z',
  ],
  [
    'a fixed moment that is the second of two',
    { until: { at: '2026-10-25T02:30:00+01:00' } },
    '2026-06-10T00:00:00Z',
    { _tz: BERLIN },
    '2026-10-25T01:30:00Z',
  ],
  [
    'a date and time that an offset moves to where it is there twice, the first',
    { until: { date: { field: 'due', offset: '-P3D' } } },
    '2026-06-10T00:00:00Z',
    { _tz: BERLIN, due: '2026-10-28T01:30:00.000Z' },
    '2026-10-25T00:30:00Z',
  ],
  [
    'a date and time that is the second of two',
    { until: { date: { field: 'due' } } },
    '2026-06-10T00:00:00Z',
    { _tz: BERLIN, due: '2026-10-25T01:30:00.000Z' },
    '2026-10-25T01:30:00Z',
  ],
  ['a fixed moment that has passed', { until: { at: '2026-06-01' } }, '2026-06-10T00:00:00Z', {}, 'over'],
];

for (const [group, cases] of Object.entries({ lengths, times, dates })) {
  for (const [what, delay, now, fields, becomes] of cases) {
    test(`${group}: ${what}`, async () => {
      const expected = becomes.endsWith('Z') ? new Date(becomes).toISOString() : becomes;
      const got = await enter(delay, now, fields);
      assert.equal(got.endsWith('Z') ? new Date(got).toISOString() : got, expected);
    });
  }
}

test('when the moment has come the run goes on by next, and not before', async () => {
  const target = await bench.publish(delaying({ until: { time: '09:30' } }));
  await bench.start(target, { profileId: await bench.addProfile({ _tz: MOSCOW }) });
  await bench.walk();
  bench.clock.advance(6.5 * 3_600_000 - 1);
  await bench.walk();
  assert.equal((await bench.runs())[0]?.status, 'waiting');
  bench.clock.advance(1);
  await bench.walk();
  assert.deepEqual(await bench.counts(), { 'in next': 1, 'wait next': 1, 'over end': 1 });
});
