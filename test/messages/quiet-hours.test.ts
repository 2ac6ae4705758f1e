import assert from 'node:assert/strict';
import { test } from 'node:test';
import { capFault } from '../../src/messages/policy/caps.ts';
import { quietUntil } from '../../src/messages/policy/quiet-hours.ts';
import { readPolicy } from '../../src/messages/policy/sending-policy.ts';

const cases: readonly [
  name: string,
  from: string,
  to: string,
  zone: string | null,
  now: string,
  end: string | undefined,
][] = [
  ['by day', '13:00', '15:00', null, '2026-03-02T14:00:00Z', '2026-03-02T15:00:00.000Z'],
  ['the first minute is quiet', '13:00', '15:00', null, '2026-03-02T13:00:00Z', '2026-03-02T15:00:00.000Z'],
  ['the end is not', '13:00', '15:00', null, '2026-03-02T15:00:00Z', undefined],
  ['before midnight', '22:00', '08:00', null, '2026-03-02T23:30:00Z', '2026-03-03T08:00:00.000Z'],
  ['after midnight', '22:00', '08:00', null, '2026-03-03T07:59:59Z', '2026-03-03T08:00:00.000Z'],
  ['in the zone', '22:00', '08:00', 'Europe/Moscow', '2026-03-02T19:00:00Z', '2026-03-03T05:00:00.000Z'],
  ['not in the zone', '22:00', '08:00', 'Europe/Moscow', '2026-03-02T12:00:00Z', undefined],
  [
    'an unknown zone is UTC',
    '13:00',
    '15:00',
    'Moon/Base',
    '2026-03-02T14:00:00Z',
    '2026-03-02T15:00:00.000Z',
  ],
  [
    'the night that is an hour shorter',
    '22:00',
    '08:00',
    'Europe/Berlin',
    '2026-03-28T22:00:00Z',
    '2026-03-29T06:00:00.000Z',
  ],
  [
    'the night that is an hour longer',
    '22:00',
    '08:00',
    'Europe/Berlin',
    '2026-10-24T21:00:00Z',
    '2026-10-25T07:00:00.000Z',
  ],
  [
    'an end that is leapt over',
    '22:00',
    '02:30',
    'Europe/Berlin',
    '2026-03-29T00:30:00Z',
    '2026-03-29T01:30:00.000Z',
  ],
  [
    'an end that comes twice, the first time',
    '22:00',
    '02:30',
    'Europe/Berlin',
    '2026-10-25T00:10:00Z',
    '2026-10-25T00:30:00.000Z',
  ],
  [
    'an end that comes twice, the second time',
    '22:00',
    '02:30',
    'Europe/Berlin',
    '2026-10-25T01:10:00Z',
    '2026-10-25T01:30:00.000Z',
  ],
  ['no time at all', '10:00', '10:00', null, '2026-03-02T10:00:00Z', undefined],
];

for (const [name, from, to, zone, now, end] of cases) {
  test(`quiet hours: ${name}`, () => {
    const { quietHours } = readPolicy({ quiet_hours: { from, to } });
    assert.equal(quietUntil(quietHours, zone, new Date(now))?.toISOString(), end);
  });
}

test('the first cap that is reached is named, and what was let through meanwhile counts', () => {
  const { caps } = readPolicy({ caps: { per_hour: 2, per_day: 3 } });
  const sent = { per_hour: 1, per_day: 1, per_week: 1, per_month: 1 };
  assert.equal(capFault(caps, sent, 0), undefined);
  assert.equal(capFault(caps, sent, 1), 'over the cap of 2 an hour');
  assert.equal(capFault(caps, { ...sent, per_day: 3 }, 0), 'over the cap of 3 a day');
  assert.equal(capFault({}, sent, 9), undefined);
});
