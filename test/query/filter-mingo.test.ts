import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { Query } from 'mingo';
import type { JsonObject, JsonValue } from '../../src/base/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { passFilter } from './pass-filter.ts';

/*
 * mingo is the work of others, hence a judge of its own; but it departs from MongoDB in arrays within arrays, by null along
 * paths and by more operators (`beyondMingo` in filter-sql.test.ts), so the generators here keep to what it does right.
 */

let database: TestDatabase;

before(async () => {
  database = await createTestDatabase();
});
after(() => database.drop());

const scalars = fc.constantFrom<JsonValue>(null, true, false, 0, 1, 2, 1.5, -1, '', 'x', 'y', 'xy', '1');
const comparable = fc.constantFrom<JsonValue>(0, 1, 2, 1.5, 'x', 'xy', '', true, false);

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

/** What texts, null and true are as numbers meets none of these: mingo takes the remainder of anything. */
const remainders = fc.constantFrom<JsonValue>([5, 2], [3, 2], [4, -1]);

const patterns: fc.Arbitrary<JsonObject> = fc
  .tuple(
    fc.constantFrom('^x', 'Y$', '.', '^$', '[^x]', 'x|1', '(xy?)+$', '\\d'),
    fc.constantFrom('', 'i', 'm', 's'),
  )
  .map(([$regex, $options]) => ({ $regex, $options }));

type Under = (operator: string, values: fc.Arbitrary<JsonValue>) => fc.Arbitrary<JsonObject>;

/** Only for a path without dots: along others mingo takes what it collects for an array. */
function ofArrays(under: Under, values: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonObject>[] {
  const inner = fc.oneof(
    ...['$eq', '$ne', '$gt', '$lte'].map((operator) => under(operator, values)),
    fc.tuple(values, values).map(([$gte, $lt]): JsonObject => ({ $gte, $lt })),
    // Of an element that is no object mingo takes the element for any field; it cannot be two values.
    fc
      .uniqueArray(fc.constantFrom<JsonValue>(0, 1, 'x', true), { minLength: 2, maxLength: 2 })
      .map(([a = 0, b = 0]): JsonObject => ({ a, b })),
    fc.constantFrom('a', 'b').map((key): JsonObject => ({ [key]: { b: 1 } })),
  );
  const match = under('$elemMatch', inner);
  // Of two values, since mingo finds no single value by one.
  const several = fc.uniqueArray(values, { minLength: 2, maxLength: 3 });
  return [
    under('$size', fc.constantFrom(0, 1, 2, 3)),
    under('$type', fc.constantFrom('array', 4)),
    match,
    under('$all', several),
    under(
      '$all',
      fc.array(match, { minLength: 1, maxLength: 2 }).map((list): JsonValue => list),
    ),
  ];
}

function conditions(path: string): fc.Arbitrary<JsonObject> {
  const { one, list } = operands(path);
  const under = (operator: string, values: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonObject> =>
    values.map((value): JsonObject => ({ [operator]: value }));
  const plain = fc.oneof(
    ...['$eq', '$ne'].map((operator) => under(operator, one)),
    ...['$in', '$nin'].map((operator) => under(operator, list)),
    ...['$gt', '$gte', '$lt', '$lte'].map((operator) => under(operator, comparable)),
    under('$exists', fc.boolean()),
    under('$mod', remainders),
    patterns,
    ...(path.includes('.') ? [] : ofArrays(under, comparable)),
    fc.tuple(comparable, comparable).map(([low, high]): JsonObject => ({ $gte: low, $lt: high })),
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
    assert.deepEqual(await passFilter(database.db, filter, list), expected);
  };
  const property = fc.asyncProperty(filtersOf(2), documents, agree);
  await fc.assert(property, { seed: 20_260_301, numRuns: 600 });
  // A generator that finds nothing, or everything, would prove nothing.
  assert.ok(found > all / 10 && found < (all * 9) / 10, `${found} of ${all}`);
});

test('PostgreSQL and mingo find the same documents by the type of what is in no array', async () => {
  const types = fc.constantFrom<JsonValue>('string', 2, 'bool', 8, 'null', 10, 'object', 3, 'number', [
    'bool',
    'number',
  ]);
  const path = fc.constantFrom('a', 'b', 'a.b', 'b.a.b');
  const filters = fc.tuple(path, types).map(([name, $type]): JsonObject => ({ [name]: { $type } }));
  const list = fc.array(objects(valuesOf(3, false)), { minLength: 20, maxLength: 30 });
  const property = fc.asyncProperty(filters, list, async (filter, documents) => {
    const oracle = new Query(filter);
    const expected = documents.map((document) => oracle.test(document));
    assert.deepEqual(await passFilter(database.db, filter, documents), expected);
  });
  await fc.assert(property, { seed: 20_261_102, numRuns: 100 });
});
