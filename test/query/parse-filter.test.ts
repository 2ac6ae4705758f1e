import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, JsonValue } from '../../src/base/index.ts';
import {
  MAX_CONDITIONS,
  MAX_DEPTH,
  MAX_LIST,
  MAX_PATH_LENGTH,
  parseFilter,
  type QueryError,
} from '../../src/query/index.ts';

function errorsOf(filter: JsonValue): QueryError[] {
  const parsed = parseFilter(filter);
  return parsed.ok ? [] : parsed.error;
}

/** `{$not: {$not: …}}` of so many levels under a field. */
function nest(levels: number): JsonObject {
  let inner: JsonObject = { $gt: 1 };
  for (let level = 1; level < levels; level += 1) inner = { $not: inner };
  return { a: inner };
}

function list(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

const operatorsOfFields = '$eq, $ne, $in, $nin, $exists, $gt, $gte, $lt, $lte, $not';

const faulty: readonly [filter: JsonValue, path: string, message: string | RegExp][] = [
  [null, '', 'expected an object of fields and conditions'],
  [[], '', 'expected an object of fields and conditions'],
  ['a', '', 'expected an object of fields and conditions'],
  [{ $where: '1' }, '$where', 'unknown operator, expected a field or one of $and, $or, $nor'],
  [{ $eq: 1 }, '$eq', 'unknown operator, expected a field or one of $and, $or, $nor'],
  [{ a: { $regex: 'x' } }, 'a.$regex', `unknown operator, expected one of ${operatorsOfFields}`],
  [{ a: { $gt: 1, b: 2 } }, 'a.b', /^found a field beside operators/],
  [{ $or: [{ a: 1 }, { age: { $gt: null } }] }, '$or[1].age.$gt', 'expected a number or a string'],
  [{ $or: [] }, '$or', `expected a list of 1 to ${MAX_LIST} filters`],
  [{ $and: {} }, '$and', `expected a list of 1 to ${MAX_LIST} filters`],
  [{ $nor: [1] }, '$nor[0]', 'expected an object of fields and conditions'],
  [{ a: { $in: 1 } }, 'a.$in', `expected a list of at most ${MAX_LIST} values`],
  [{ a: { $nin: list(MAX_LIST + 1) } }, 'a.$nin', `expected a list of at most ${MAX_LIST} values`],
  [{ a: { $in: [1, 'x\u0000'] } }, 'a.$in[1]', /^the value: .*NUL/],
  [{ a: '\ud800' }, 'a', /^the value: .*surrogate/],
  [{ a: { $gt: '\u0000' } }, 'a.$gt', /NUL/],
  [{ a: { $eq: list(MAX_LIST + 1) } }, 'a.$eq', `expected lists of at most ${MAX_LIST} values`],
  [{ a: { $exists: 1 } }, 'a.$exists', 'expected true or false'],
  [{ a: { $lt: true } }, 'a.$lt', 'expected a number or a string'],
  [{ a: { $gte: [1] } }, 'a.$gte', 'expected a number or a string'],
  [{ a: { $not: 1 } }, 'a.$not', /^expected an object of operators/],
  [{ a: { $not: {} } }, 'a.$not', /^expected an object of operators/],
  [{ 'a..b': 1 }, 'a..b', /empty name/],
  [{ '': 1 }, '', /empty name/],
  [{ 'a.': 1 }, 'a.', /empty name/],
  [{ 'a\u0000': 1 }, 'a\\u0000', /^the path .*NUL/],
  [{ 'a.0.1.2.3': 1 }, 'a.0.1.2.3', 'expected a path with at most 3 array indexes'],
  [{ [`${'a.'.repeat(16)}a`]: 1 }, `${'a.'.repeat(16)}a`, 'expected a path of at most 16 names'],
  [{ ['a'.repeat(MAX_PATH_LENGTH + 1)]: 1 }, `${'a'.repeat(60)}…`, /at most 500 characters/],
];

test('a faulty filter is refused with the path of the fault', () => {
  for (const [filter, path, message] of faulty) {
    const [error, ...more] = errorsOf(filter);
    const label = JSON.stringify(filter).slice(0, 100);
    assert.ok(error !== undefined, `${label} was taken`);
    assert.deepEqual(more, [], label);
    assert.equal(error.path, path, label);
    if (typeof message === 'string') assert.equal(error.message, message, label);
    else assert.match(error.message, message, label);
  }
});

test('all faults come at once, up to twenty', () => {
  assert.deepEqual(
    errorsOf({ a: { $foo: 1 }, $bar: 2, b: { $in: 3 } }).map(({ path }) => path),
    ['a.$foo', '$bar', 'b.$in'],
  );
  const many = Object.fromEntries(list(50).map((index) => [`f${index}`, { $foo: 1 }]));
  assert.equal(errorsOf(many).length, 20);
});

test('depth, length and number are bounded, and what is within the bounds is taken', () => {
  assert.deepEqual(errorsOf(nest(MAX_DEPTH)), []);
  assert.match(errorsOf(nest(MAX_DEPTH + 1))[0]?.message ?? '', /nested deeper than 16 levels/);
  let value: JsonValue = 1;
  for (let level = 0; level < MAX_DEPTH; level += 1) value = [value];
  assert.deepEqual(errorsOf({ a: value }), []);
  assert.match(errorsOf({ a: [value] })[0]?.message ?? '', /nested deeper than 16 levels/);
  assert.deepEqual(errorsOf({ a: { $in: list(MAX_LIST) } }), []);
  assert.deepEqual(errorsOf({ ['a'.repeat(MAX_PATH_LENGTH)]: 1 }), []);
  const conditions = (count: number): JsonObject => ({ $or: list(count).map((index) => ({ a: index })) });
  assert.deepEqual(errorsOf(conditions(MAX_CONDITIONS)), []);
  assert.deepEqual(errorsOf(conditions(MAX_CONDITIONS + 1)), [
    { path: '', message: 'expected at most 200 conditions, found 201' },
  ]);
});

test('a filter that is far too large costs no more than one that is a little', () => {
  const wide = { $or: list(MAX_LIST).map(() => ({ $or: list(MAX_LIST).map(() => ({})) })) };
  assert.match(errorsOf(wide)[0]?.message ?? '', /at most 200 conditions, found 201/);
});

test('what is parsed is frozen through and through, and shares nothing with the input', () => {
  const input = { a: { $in: [{ b: [1] }] } };
  const parsed = parseFilter(input);
  assert.ok(parsed.ok);
  input.a.$in[0]?.b.push(2);
  assert.deepEqual(parsed.value, { kind: 'in', path: ['a'], scalars: [], documents: [{ b: [1] }] });
  const isFrozen = (value: unknown): boolean =>
    typeof value !== 'object' ||
    value === null ||
    (Object.isFrozen(value) && Object.values(value).every(isFrozen));
  assert.ok(isFrozen(parsed.value));
});

test('many spellings have one meaning', () => {
  const same: readonly [JsonObject, JsonObject][] = [
    [{ a: 1 }, { a: { $eq: 1 } }],
    [{ a: 1 }, { a: { $in: [1] } }],
    [{ a: { $ne: 1 } }, { a: { $not: { $eq: 1 } } }],
    [{ a: { $nin: [1, 2] } }, { a: { $not: { $in: [1, 2] } } }],
    [{ a: 1 }, { $and: [{ a: 1 }] }],
  ];
  for (const [left, right] of same) assert.deepEqual(parseFilter(left), parseFilter(right));
});
