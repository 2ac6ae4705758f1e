import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import type { JsonObject } from '../../src/base/index.ts';
import { filterSql } from '../../src/query/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { parseAccepted, passFilter } from './pass-filter.ts';

let database: TestDatabase;

before(async () => {
  database = await createTestDatabase();
});
after(() => database.drop());

/** A filter with documents that it finds and documents that it does not. */
type Case = readonly [filter: JsonObject, found: readonly JsonObject[], notFound: readonly JsonObject[]];

const basics: readonly Case[] = [
  [{}, [{}, { a: 1 }], []],
  [{ a: 1 }, [{ a: 1 }, { a: 1.0 }, { a: [2, 1] }], [{ a: '1' }, { a: true }, { a: [[1]] }, {}]],
  [{ a: 'x' }, [{ a: 'x' }, { a: ['x'] }], [{ a: 'X' }, { a: 'xy' }]],
  [{ a: null }, [{}, { a: null }, { a: [null] }], [{ a: 0 }, { a: '' }, { a: false }, { a: [] }]],
  [{ a: { $ne: null } }, [{ a: 0 }, { a: [] }], [{}, { a: null }, { a: [1, null] }]],
  [{ a: { $ne: 1 } }, [{}, { a: 2 }, { a: '1' }], [{ a: 1 }, { a: [1, 2] }]],
  [{ a: { $in: [1, 'x', null] } }, [{ a: 1 }, { a: ['x'] }, {}], [{ a: 2 }, { a: '1' }]],
  [{ a: { $in: [] } }, [], [{}, { a: 1 }, { a: [] }]],
  [{ a: { $nin: [] } }, [{}, { a: 1 }], []],
  [{ a: { $nin: [1, null] } }, [{ a: 2 }], [{}, { a: 1 }, { a: [1, 2] }]],
  [{ a: { $exists: true } }, [{ a: null }, { a: [] }], [{}, { b: 1 }]],
  [{ a: { $exists: false } }, [{}, { b: 1 }], [{ a: null }]],
  [{ a: { $gt: 1 } }, [{ a: 1.5 }, { a: [0, 2] }], [{ a: 1 }, { a: '2' }, { a: null }, {}, { a: true }]],
  [{ a: { $lte: 'b' } }, [{ a: 'a' }, { a: 'b' }, { a: '' }, { a: 'B' }], [{ a: 'ba' }, { a: 1 }, {}]],
  [{ a: { $gt: 1, $lt: 3 } }, [{ a: 2 }, { a: [0, 4] }], [{ a: 1 }, { a: 3 }]],
  [{ a: { $not: { $gt: 1 } } }, [{}, { a: 1 }, { a: 'x' }], [{ a: 2 }, { a: [2, 0] }]],
  [{ $or: [{ a: 1 }, { b: 1 }] }, [{ a: 1 }, { b: 1 }], [{}, { a: 2 }]],
  [{ $nor: [{ a: 1 }, { b: 1 }] }, [{}, { a: 2 }], [{ a: 1 }, { b: 1 }]],
  [{ $and: [{ a: 1 }, { b: 1 }] }, [{ a: 1, b: 1 }], [{ a: 1 }]],
  [{ a: 1, b: 1 }, [{ a: 1, b: 1 }], [{ a: 1 }]],
  [{ a: [1, 2] }, [{ a: [1, 2] }, { a: [[1, 2]] }], [{ a: [2, 1] }, { a: 1 }, { a: [1, 2, 3] }]],
  [{ a: { b: 1 } }, [{ a: { b: 1 } }, { a: [{ b: 1 }] }], [{ a: { b: 1, c: 2 } }, { a: 1 }]],
  [{ 'a.b': 1 }, [{ a: { b: 1 } }, { a: [{ b: 1 }, 5] }], [{ 'a.b': 1 }, { a: [[{ b: 1 }]] }]],
  [{ 'a.0': 1 }, [{ a: [1, 2] }, { a: { '0': 1 } }], [{ a: 1 }, { a: [2, 1] }]],
];

/**
 * Where mingo does not do what MongoDB does, so that filter-mingo.test.ts leaves them out: it looks into arrays within
 * arrays but not into all, takes what it collects along a path through an array for an array, does not find null by the
 * elements of an array that lack the name, does not find `[]` by a list, does not take a name of digits for a key of
 * elements, finds types of whole arrays only, nothing by `$all` but arrays, no missing field by `$gte: null`, and
 * remainders of null and text.
 */
const beyondMingo: readonly Case[] = [
  [{ 'a.b': { $gt: 0 } }, [], [{ a: [[1.5], 'x'] }, { a: [[{ b: 1 }]] }]],
  [{ 'a.b': { $exists: true } }, [], [{ a: [[]] }, { a: [[2]] }]],
  [{ 'a.b.c': { $exists: true } }, [{ a: [{ b: [{ c: 1 }] }] }], [{ a: [{ b: [] }] }]],
  [{ 'a.b': { $in: [2] } }, [{ a: [{ b: [] }, { b: [2] }] }], [{ a: [{ b: [[2]] }] }]],
  [{ 'a.b': [] }, [{ a: [{ b: [] }] }], [{ a: [] }, { a: [{}] }, { a: ['x'] }]],
  [{ 'a.b': [0] }, [{ a: { b: [0] } }], [{ a: [1, { b: 0 }] }]],
  [{ 'a.b': { $in: [{}, null] } }, [{ a: [{}, 1] }, { a: [{ b: {} }] }], [{ a: [{ b: 1 }] }]],
  [
    { 'a.b': null },
    [{}, { a: 1 }, { a: {} }, { a: [{}] }, { a: [{ b: 1 }, {}] }, { a: { b: null } }, { a: [{ b: [null] }] }],
    [{ a: { b: 1 } }, { a: [] }, { a: [1] }, { a: [{ b: 1 }, 1] }],
  ],
  [{ 'a.b.c': null }, [{ a: [{}] }, { a: [{ b: 1 }] }], [{ a: [{ b: { c: 1 } }] }, { a: [1] }, { a: [] }]],
  [{ a: { $in: [[], 'x'] } }, [{ a: [] }, { a: [[]] }], [{ a: ['y'] }]],
  [{ 'a.0': 'x' }, [{ a: [false, { '0': 'x' }] }], [{ a: [false, 'x'] }]],
  [{ a: { $type: 'string' } }, [{ a: ['x'] }], [{ a: [1] }]],
  [{ a: { $all: [1] } }, [{ a: 1 }], [{ a: 2 }]],
  [{ a: { $lte: null } }, [{}, { a: null }], [{ a: 1 }]],
  [{ a: { $mod: [2, 0] } }, [{ a: 2 }], [{ a: null }, { a: '2' }, { a: '' }]],
  [{ 'a.b.0': { $exists: true } }, [{ a: [{ b: [1] }] }], [{ a: [] }, { a: [1] }, { a: [{}] }]],
];

/** Where Muster does not do what MongoDB does: see docs/query-language.md. */
const beyondMongo: readonly Case[] = [
  [{ a: { b: 1, c: 2 } }, [{ a: { c: 2, b: 1 } }], []],
  [{ a: { $elemMatch: { b: null } } }, [{ a: [{}] }], [{ a: [[1]] }, { a: [1] }]],
  [{ a: { $regex: 'x$' } }, [{ a: 'x' }], [{ a: 'x\n' }]],
  [{ a: { $type: 'int' } }, [{ a: 5 }, { a: 5.0 }], [{ a: 5.5 }, { a: 3e9 }]],
];

const operators: readonly Case[] = [
  [{ a: { $type: 'number' } }, [{ a: 1 }, { a: ['x', 1.5] }], [{ a: '1' }, { a: [] }, {}, { a: [[1]] }]],
  [{ a: { $type: 'array' } }, [{ a: [] }, { a: [1] }], [{ a: 1 }, { a: {} }, {}]],
  [{ a: { $type: ['null', 2] } }, [{ a: null }, { a: 'x' }], [{}, { a: 1 }]],
  [
    { a: { $type: ['long', 'double'] } },
    [{ a: 3e9 }, { a: 1e30 }, { a: 0.5 }, { a: -2147483649 }],
    [{ a: -2147483648 }],
  ],
  [{ a: { $all: [1, 2] } }, [{ a: [2, 3, 1] }], [{ a: [1] }, { a: 1 }, {}]],
  [{ a: { $all: [1] } }, [{ a: 1 }, { a: [1] }], [{ a: [[1]] }]],
  [{ a: { $all: [[1, 2]] } }, [{ a: [1, 2] }, { a: [[1, 2]] }], [{ a: [2, 1] }]],
  [{ a: { $all: [] } }, [], [{}, { a: [] }, { a: 1 }]],
  [{ a: { $all: [null] } }, [{}, { a: null }, { a: [1, null] }], [{ a: [] }]],
  [
    { a: { $all: [{ $elemMatch: { b: 1 } }, { $elemMatch: { c: 1 } }] } },
    [{ a: [{ b: 1 }, { c: 1 }] }, { a: [{ b: 1, c: 1 }] }],
    [{ a: [{ b: 1 }] }, { a: { b: 1, c: 1 } }],
  ],
  [
    { a: { $elemMatch: { $gt: 1, $lt: 3 } } },
    [{ a: [0, 2] }],
    [{ a: [0, 4] }, { a: 2 }, { a: [[2]] }, { a: [] }],
  ],
  [
    { a: { $elemMatch: { b: 1, 'c.d': { $gt: 1 } } } },
    [{ a: [{ b: 1, c: [{ d: 2 }] }] }],
    [{ a: [{ b: 1 }, { c: { d: 2 } }] }, { a: { b: 1, c: { d: 2 } } }],
  ],
  [{ a: { $elemMatch: { $elemMatch: { $eq: 1 } } } }, [{ a: [[1]] }], [{ a: [1] }]],
  [{ a: { $elemMatch: { $or: [{ b: 1 }, { c: 1 }] } } }, [{ a: [{ c: 1 }] }], [{ a: [{}] }]],
  [{ a: { $elemMatch: { $not: { $in: [1, 'x'] } } } }, [{ a: [1, true] }, { a: [null] }], [{ a: [1, 'x'] }]],
  [{ a: { $elemMatch: { $eq: [1] } } }, [{ a: [[1]] }], [{ a: [[[1]]] }, { a: [1] }]],
  [{ a: { $elemMatch: {} } }, [{ a: [1, {}] }], [{ a: [1] }, { a: {} }]],
  [
    { 'a.b': { $size: 2 } },
    [{ a: { b: [1, 2] } }, { a: [{ b: [] }, { b: [[], []] }] }],
    [{ a: { b: 1 } }, {}],
  ],
  [{ a: { $size: 0 } }, [{ a: [] }], [{}, { a: [[]] }, { a: {} }, { a: '' }]],
  [
    { a: { $mod: [4, 1] } },
    [{ a: 5 }, { a: 5.9 }, { a: [2, 1] }],
    [{ a: 4 }, { a: -5 }, { a: '5' }, { a: true }, { a: null }],
  ],
  [{ a: { $mod: [4, -1] } }, [{ a: -5 }, { a: -5.9 }], [{ a: 3 }, { a: -4 }]],
  [{ a: { $mod: [-4, 0] } }, [{ a: 0 }, { a: 8 }, { a: 0.5 }], [{ a: 1 }, { a: 1e300 }]],
  [
    { a: { $regex: '^x' } },
    [{ a: 'xy' }, { a: [1, 'x'] }],
    [{ a: 'yx' }, { a: 'X' }, { a: [['x']] }, { a: 1 }, {}],
  ],
  [
    { a: { $regex: '^ПРИВЕТ ß?k$', $options: 'i' } },
    [{ a: 'привет k' }, { a: 'Привет ẞ\u212a' }],
    [{ a: 'привет' }],
  ],
  [{ a: { $regex: '^b$', $options: 'm' } }, [{ a: 'a\nb\nc' }], [{ a: 'abc' }]],
  [{ a: { $regex: 'a.b' } }, [{ a: 'a b' }, { a: 'a\rb' }, { a: 'a😀b' }], [{ a: 'a\nb' }]],
  [{ a: { $regex: 'a.b', $options: 's' } }, [{ a: 'a\nb' }], [{ a: 'ab' }]],
  [
    { a: { $regex: 'a b # c\n [ #]', $options: 'x' } },
    [{ a: 'ab ' }, { a: 'ab#' }],
    [{ a: 'a b #' }, { a: 'ab' }],
  ],
  [{ a: { $options: 'i', $regex: 'x' } }, [{ a: 'X' }], [{ a: 'y' }]],
  [{ a: { $regex: '[^x]' } }, [{ a: '\n' }], [{ a: 'x' }, { a: '' }]],
  [{ a: { $not: { $regex: 'x' } } }, [{}, { a: 1 }, { a: 'y' }], [{ a: 'x' }, { a: ['y', 'x'] }]],
  [{ a: { $not: { $size: 1 } } }, [{}, { a: 1 }, { a: [] }], [{ a: [1] }]],
  [{ a: { $not: { $elemMatch: { b: 1 } } } }, [{}, { a: [{ b: 2 }] }], [{ a: [{ b: 1 }] }]],
  [{ $comment: 'why', a: 1 }, [{ a: 1 }], [{}]],
  [{ a: { $gte: null } }, [{}, { a: null }], [{ a: 0 }, { a: '' }]],
  [{ a: { $gt: null } }, [], [{}, { a: null }, { a: 1 }]],
  [{ a: { $gt: false } }, [{ a: true }, { a: [true] }], [{ a: false }, { a: 1 }, {}]],
  [{ a: { $lte: true } }, [{ a: true }, { a: false }], [{ a: 0 }, { a: null }]],
  [{ 'a.0': 1 }, [{ a: [1] }], [{ a: [[1]] }]],
  [{ 'a.0.b': 1 }, [{ a: [[{ b: 1 }]] }, { a: [{ b: 1 }] }], [{ a: [5, { '1': { b: 1 } }] }]],
  [
    { 'a.b.0': null },
    [{ a: [{}] }, { a: { b: 1 } }, { a: 1 }],
    [{ a: [] }, { a: ['x'] }, { a: [{ b: [] }] }],
  ],
  [
    { a: [{ b: [1, null] }, {}] },
    [{ a: [{ b: [1, null] }, {}] }],
    [{ a: [{ b: [1] }, {}] }, { a: [{ b: [1, null] }, { c: 1 }] }],
  ],
];

const DAY = '2001-12-31';
const MIDNIGHT = '2001-12-31T00:00:00.000Z';
const NOON = '2001-12-31T12:00:00.000Z';
const next = ['2002-01-01', '2002-01-01T00:00:00.000Z'];
const earlier = ['2001-12-30', '2001-12-30T23:59:59.999Z'];
const docs = (...values: string[]): JsonObject[] => values.map((a) => ({ a }));

const dates: readonly Case[] = [
  [{ a: { $date: DAY } }, docs(DAY, MIDNIGHT), docs(NOON, ...next)],
  [{ a: { $date: '2001-12-31T03:00:00+03:00' } }, docs(DAY, MIDNIGHT), docs(NOON)],
  [{ a: { $date: 1009756800000 } }, docs(DAY, MIDNIGHT), docs(NOON)],
  [{ a: { $ne: { $date: NOON } } }, docs(DAY, MIDNIGHT), docs(NOON)],
  [{ a: { $in: [{ $date: NOON }, 1] } }, [...docs(NOON), { a: 1 }], docs(DAY, MIDNIGHT)],
  [{ a: { $gt: { $date: DAY } } }, docs(NOON, ...next), docs(DAY, MIDNIGHT, ...earlier)],
  [{ a: { $gte: { $date: DAY } } }, docs(DAY, MIDNIGHT, NOON, ...next), docs(...earlier)],
  [{ a: { $lt: { $date: DAY } } }, docs(...earlier), docs(DAY, MIDNIGHT, NOON, ...next)],
  [{ a: { $lte: { $date: DAY } } }, docs(DAY, MIDNIGHT, ...earlier), docs(NOON, ...next)],
  [{ a: { $gt: { $date: NOON } } }, docs(...next), docs(DAY, MIDNIGHT, NOON)],
  [{ a: { $gte: { $date: NOON } } }, docs(NOON, ...next), docs(DAY, MIDNIGHT)],
  [{ a: { $lt: { $date: NOON } } }, docs(DAY, MIDNIGHT, ...earlier), docs(NOON, ...next)],
  [{ a: { $lte: { $date: NOON } } }, docs(DAY, MIDNIGHT, NOON, ...earlier), docs(...next)],
  [
    { a: { $elemMatch: { at: { $gte: { $date: DAY } } } } },
    [{ a: [{ at: DAY }] }],
    [{ a: [{ at: '2001-12-30' }] }],
  ],
  [{ a: { b: { $date: DAY } } }, [{ a: { b: DAY } }], [{ a: { b: MIDNIGHT } }]],
  [{ a: [{ $date: '2001-12-31T12:00Z' }] }, [{ a: [NOON] }], [{ a: [DAY] }]],
];

const hostile: readonly Case[] = [
  [{ 'a"b': 1 }, [{ 'a"b': 1 }], [{ a: 1 }]],
  [{ "a'b": "x'; drop table profile; --" }, [{ "a'b": "x'; drop table profile; --" }], [{}]],
  [{ 'a\\': 'b\\' }, [{ 'a\\': 'b\\' }], [{}]],
  [{ '@': { $gt: 1 } }, [{ '@': 2 }], [{}]],
  [{ 'a ? (true)': 1 }, [{ 'a ? (true)': 1 }], [{ a: 1 }]],
  [{ '*': 1 }, [{ '*': 1 }], [{ a: 1 }]],
  [{ __proto: 1, имя: '“Ы”\n' }, [{ __proto: 1, имя: '“Ы”\n' }], [{}]],
  [{ a: '$v' }, [{ a: '$v' }], [{ a: 1 }]],
  [{ a: { $lt: '\u{10ffff}' } }, [{ a: '\uffff' }], [{ a: 1 }]],
  [{ a: 0 }, [{ a: -0 }], [{ a: '0' }]],
  [{ a: { $gt: 9_007_199_254_740_992 } }, [{ a: 1e300 }], [{ a: 9_007_199_254_740_991 }]],
];

const tables = { basics, operators, dates, beyondMingo, beyondMongo, hostile };

for (const [name, cases] of Object.entries(tables)) {
  test(`filters find what they should: ${name}`, async () => {
    for (const [filter, found, notFound] of cases) {
      const expected = [...found.map(() => true), ...notFound.map(() => false)];
      assert.deepEqual(
        await passFilter(database.db, filter, [...found, ...notFound]),
        expected,
        JSON.stringify(filter),
      );
    }
  });
}

test('a document that is SQL null has no fields', async () => {
  const condition = (filter: JsonObject) => filterSql(parseAccepted(filter), sql`null::jsonb`);
  const { rows } = await sql`
    select ${condition({ a: null })} as absent, ${condition({ a: 1 })} as present`.execute(database.db);
  assert.deepEqual(rows, [{ absent: true, present: false }]);
});
