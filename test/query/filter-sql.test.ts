import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import { Query } from 'mingo';
import type { JsonObject, JsonValue } from '../../src/base/index.ts';
import { type Filter, filterSql, parseFilter } from '../../src/query/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;

before(async () => {
  database = await createTestDatabase();
});
after(() => database.drop());

function parse(filter: JsonObject): Filter {
  const parsed = parseFilter(filter);
  assert.ok(parsed.ok, JSON.stringify(filter));
  return parsed.value;
}

/** Whether each document passes, as PostgreSQL says. */
async function pass(filter: JsonObject, documents: readonly JsonValue[]): Promise<(boolean | null)[]> {
  const { rows } = await sql<{ passes: boolean | null }>`
    select ${filterSql(parse(filter), sql.ref('document'))} as passes
      from jsonb_array_elements(${JSON.stringify(documents)}::jsonb) with ordinality as d(document, ord)
     order by ord`.execute(database.db);
  return rows.map(({ passes }) => passes);
}

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
 * Where mingo does not do what MongoDB does, so that the comparison below leaves them out: it looks into arrays within
 * arrays but not into all, takes what it collects along a path through an array for an array, does not find null by the elements of an
 * array that lack the name, does not find `[]` by a list, and does not take a name of digits for a key of elements.
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
  [{ 'a.b.0': { $exists: true } }, [{ a: [{ b: [1] }] }], [{ a: [] }, { a: [1] }, { a: [{}] }]],
];

/**
 * Where Muster does not do what MongoDB does. By a path with an index, null finds whatever has nothing there; MongoDB
 * passes over an array without objects. PostgreSQL keeps no order of keys, so equal objects may differ in it.
 */
const beyondMongo: readonly Case[] = [
  [{ 'a.b.0': null }, [{ a: [] }, { a: ['x'] }, { a: [{ b: [] }] }], [{ a: [{ b: [1] }] }]],
  [{ a: { b: 1, c: 2 } }, [{ a: { c: 2, b: 1 } }], []],
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

const tables = { basics, beyondMingo, beyondMongo, hostile };

for (const [name, cases] of Object.entries(tables)) {
  test(`filters find what they should: ${name}`, async () => {
    for (const [filter, found, notFound] of cases) {
      const expected = [...found.map(() => true), ...notFound.map(() => false)];
      assert.deepEqual(await pass(filter, [...found, ...notFound]), expected, JSON.stringify(filter));
    }
  });
}

test('a document that is SQL null has no fields', async () => {
  const condition = (filter: JsonObject) => filterSql(parse(filter), sql`null::jsonb`);
  const { rows } = await sql`
    select ${condition({ a: null })} as absent, ${condition({ a: 1 })} as present`.execute(database.db);
  assert.deepEqual(rows, [{ absent: true, present: false }]);
});

const scalars = fc.constantFrom<JsonValue>(null, true, false, 0, 1, 2, 1.5, -1, '', 'x', 'y', 'xy', '1');
const numbersAndTexts = fc.constantFrom<JsonValue>(0, 1, 2, 1.5, 'x', 'xy', '');

function objects(values: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonObject> {
  return fc.dictionary(fc.constantFrom('a', 'b'), values, { maxKeys: 2, noNullPrototype: true });
}

/** No array lies in an array, at whatever depth: see `beyondMingo`. */
function valuesOf(depth: number, mayBeArray = true): fc.Arbitrary<JsonValue> {
  if (depth === 0) return scalars;
  const single = fc.oneof({ weight: 2, arbitrary: scalars }, objects(valuesOf(depth - 1, mayBeArray)));
  if (!mayBeArray) return single;
  return fc.oneof({ weight: 3, arbitrary: single }, fc.array(valuesOf(depth - 1, false), { maxLength: 3 }));
}

const documents = fc.array(objects(valuesOf(3)), { minLength: 20, maxLength: 30 });

/** Operands that mingo compares as MongoDB does: see `beyondMingo`. */
function operands(path: string): { one: fc.Arbitrary<JsonValue>; list: fc.Arbitrary<JsonValue[]> } {
  if (path.includes('.')) {
    const withoutNull = scalars.filter((value) => value !== null);
    const one = fc.oneof({ weight: 3, arbitrary: withoutNull }, objects(scalars));
    return { one, list: fc.array(withoutNull, { maxLength: 3 }) };
  }
  const isEmptyArray = (value: JsonValue): boolean => Array.isArray(value) && value.length === 0;
  const listed = valuesOf(1).filter((value) => !isEmptyArray(value));
  return { one: valuesOf(1), list: fc.array(listed, { maxLength: 3 }) };
}

function conditions(path: string): fc.Arbitrary<JsonObject> {
  const { one, list } = operands(path);
  const under = (operator: string, values: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonObject> =>
    values.map((value): JsonObject => ({ [operator]: value }));
  const plain = fc.oneof(
    ...['$eq', '$ne'].map((operator) => under(operator, one)),
    ...['$in', '$nin'].map((operator) => under(operator, list)),
    ...['$gt', '$gte', '$lt', '$lte'].map((operator) => under(operator, numbersAndTexts)),
    under('$exists', fc.boolean()),
    fc.tuple(numbersAndTexts, numbersAndTexts).map(([low, high]): JsonObject => ({ $gte: low, $lt: high })),
  );
  return fc.oneof({ weight: 4, arbitrary: plain }, under('$not', plain));
}

const fields: fc.Arbitrary<JsonObject> = fc
  .constantFrom('a', 'b', 'a.b', 'a.a', 'b.a', 'a.b.a', 'a.0', 'a.0.b')
  .chain((path) =>
    fc.oneof(conditions(path), operands(path).one).map((condition): JsonObject => ({ [path]: condition })),
  );

function filtersOf(depth: number): fc.Arbitrary<JsonObject> {
  if (depth === 0) return fields;
  const parts = fc.array(filtersOf(depth - 1), { minLength: 1, maxLength: 3 });
  return fc.oneof(
    { weight: 2, arbitrary: fields },
    fc.tuple(fields, fields).map(([left, right]): JsonObject => ({ ...left, ...right })),
    fc
      .tuple(fc.constantFrom('$and', '$or', '$nor'), parts)
      .map(([junction, list]): JsonObject => ({ [junction]: list })),
  );
}

test('PostgreSQL and mingo find the same documents', async () => {
  let found = 0;
  let all = 0;
  const agree = async (filter: JsonObject, list: JsonObject[]): Promise<void> => {
    const oracle = new Query(filter);
    const expected = list.map((document) => oracle.test(document));
    found += expected.filter(Boolean).length;
    all += expected.length;
    assert.deepEqual(await pass(filter, list), expected);
  };
  const property = fc.asyncProperty(filtersOf(2), documents, agree);
  await fc.assert(property, { seed: 20_260_301, numRuns: 600 });
  // A generator that finds nothing, or everything, would prove nothing.
  assert.ok(found > all / 10 && found < (all * 9) / 10, `${found} of ${all}`);
});
