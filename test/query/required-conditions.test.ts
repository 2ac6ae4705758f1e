import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/base/index.ts';
import { firstNames, type RequiredCondition, requiredConditions } from '../../src/query/index.ts';
import { parseAccepted } from './pass-filter.ts';

const cases: readonly [filter: JsonObject, required: RequiredCondition[], names: string[]][] = [
  [{}, [], []],
  [{ a: 1 }, [{ path: ['a'], values: [1] }], ['a']],
  [{ a: null }, [], ['a']],
  [{ a: { $in: [1, null] } }, [], ['a']],
  [{ a: { $in: [1, {}] } }, [], ['a']],
  [{ a: { $in: [] } }, [{ path: ['a'], values: [] }], ['a']],
  [{ a: { $ne: 1 }, b: { $exists: true }, c: { $regex: 'x' } }, [], ['a', 'b', 'c']],
  [
    { 'a.b': { $gt: 1, $lte: 5 } },
    [
      { path: ['a', 'b'], operator: '>', value: 1 },
      { path: ['a', 'b'], operator: '<=', value: 5 },
    ],
    ['a'],
  ],
  [
    { $and: [{ a: 'x' }, { $and: [{ b: true }, { $nor: [{ c: 1 }] }] }] },
    [
      { path: ['a'], values: ['x'] },
      { path: ['b'], values: [true] },
    ],
    ['a', 'b', 'c'],
  ],
  [
    { a: { $date: '2001-12-31' } },
    [{ path: ['a'], values: ['2001-12-31T00:00:00.000Z', '2001-12-31'] }],
    ['a'],
  ],
  [
    { $or: [{ a: 1 }, { a: { $in: [1, 2] } }, { a: 3, b: 1 }] },
    [{ path: ['a'], values: [1, 2, 3] }],
    ['a', 'b'],
  ],
  [{ $or: [{ a: 1 }, { b: 1 }] }, [], ['a', 'b']],
  [{ $or: [{ a: 1 }, { a: { $gt: 1 } }] }, [], ['a']],
  [{ $or: [{ a: 1 }, { a: null }] }, [], ['a']],
  [{ a: { $not: { $eq: 1 } } }, [], ['a']],
  [{ a: { $gt: null } }, [], []],
  [
    { subscriptions: { $elemMatch: { email: 'x', $or: [{ status: 1 }, { status: 2 }] } } },
    [
      { path: ['subscriptions', 'email'], values: ['x'] },
      { path: ['subscriptions', 'status'], values: [1, 2] },
    ],
    ['subscriptions'],
  ],
  [{ a: { $elemMatch: { $in: [1, 2] } } }, [{ path: ['a'], values: [1, 2] }], ['a']],
  [{ 'a.0': { $elemMatch: { $in: [1, 2] } } }, [], ['a']],
  [{ 'a.0': { $elemMatch: { b: 1 } } }, [{ path: ['a', '0', 'b'], values: [1] }], ['a']],
  [{ a: { $elemMatch: { $elemMatch: { $eq: 1 } } } }, [], ['a']],
  [{ a: { $elemMatch: { $elemMatch: { b: 1 } } } }, [], ['a']],
  [
    { a: { $all: [1, 2] } },
    [
      { path: ['a'], values: [1] },
      { path: ['a'], values: [2] },
    ],
    ['a'],
  ],
];

test('what every match meets, and the fields that a filter asks, are known from the filter', () => {
  for (const [filter, required, names] of cases) {
    const parsed = parseAccepted(filter);
    assert.deepEqual(requiredConditions(parsed), required, JSON.stringify(filter));
    assert.deepEqual([...firstNames(parsed)], names, JSON.stringify(filter));
  }
});
