import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, JsonValue } from '../../src/base/index.ts';
import {
  MAX_CONDITIONS,
  MAX_DEPTH,
  MAX_LIST,
  MAX_PARTS,
  MAX_PATH_LENGTH,
  MAX_PATTERNS,
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

const operatorsOfFields =
  '$eq, $ne, $in, $nin, $exists, $type, $gt, $gte, $lt, $lte, $mod, $regex, $options, $all, $elemMatch, $size, $not';

const comparable = 'expected a number, a text, true, false, null or {"$date": …}';
const dateFault = /^expected {"\$date": …} with ISO 8601 text or milliseconds/;

const faulty: readonly [filter: JsonValue, path: string, message: string | RegExp][] = [
  [null, '', 'expected an object of fields and conditions'],
  [[], '', 'expected an object of fields and conditions'],
  ['a', '', 'expected an object of fields and conditions'],
  [{ $where: '1' }, '$where', 'unknown operator, expected a field or one of $and, $or, $nor, $comment'],
  [{ $eq: 1 }, '$eq', 'unknown operator, expected a field or one of $and, $or, $nor, $comment'],
  [{ a: { $near: 'x' } }, 'a.$near', `unknown operator, expected one of ${operatorsOfFields}`],
  [{ a: { $where: 'x' } }, 'a.$where', `unknown operator, expected one of ${operatorsOfFields}`],
  [{ $expr: {} }, '$expr', /^unknown operator/],
  [{ a: { $gt: 1, b: 2 } }, 'a.b', /^found a field beside operators/],
  [{ $or: [{ a: 1 }, { age: { $gt: {} } }] }, '$or[1].age.$gt', comparable],
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
  [{ a: { $gte: [1] } }, 'a.$gte', comparable],
  [{ a: { $not: 1 } }, 'a.$not', /^expected an object of operators/],
  [{ a: { $not: {} } }, 'a.$not', /^expected an object of operators/],
  [{ a: { $not: { $regex: 1 } } }, 'a.$not.$regex', 'expected a pattern as text'],
  [{ a: { $regex: 'x', $options: 1 } }, 'a.$regex', 'expected $options as text'],
  [{ a: { $options: 'i' } }, 'a.$options', 'expected $regex beside it'],
  [{ a: { $size: -1 } }, 'a.$size', 'expected a whole number of at least 0'],
  [{ a: { $size: 1.5 } }, 'a.$size', 'expected a whole number of at least 0'],
  [{ a: { $size: '1' } }, 'a.$size', 'expected a whole number of at least 0'],
  [{ a: { $mod: [0, 1] } }, 'a.$mod', /^expected \[divisor, remainder\]/],
  [{ a: { $mod: [4] } }, 'a.$mod', /^expected \[divisor, remainder\]/],
  [{ a: { $mod: [4, 1, 2] } }, 'a.$mod', /^expected \[divisor, remainder\]/],
  [{ a: { $mod: [4.5, 1] } }, 'a.$mod', /^expected \[divisor, remainder\]/],
  [{ a: { $mod: 4 } }, 'a.$mod', /^expected \[divisor, remainder\]/],
  [{ a: { $type: 'date' } }, 'a.$type', /^expected a type of JSON: double, 1, .*; dates are texts$/],
  [{ a: { $type: ['string', 7] } }, 'a.$type[1]', /^expected a type of JSON/],
  [{ a: { $type: [] } }, 'a.$type', 'expected a type or a list of 1 to 1000 types'],
  [{ a: { $all: 1 } }, 'a.$all', `expected a list of at most ${MAX_LIST} values`],
  [{ a: { $all: [1, { $gt: 1 }] } }, 'a.$all[1]', /^found an operator inside of a value/],
  [{ a: { $all: [{ $elemMatch: { b: 1 } }, 1] } }, 'a.$all[1]', /^expected {"\$elemMatch": …}/],
  [{ a: { $all: [{ $elemMatch: { $foo: 1 } }] } }, 'a.$all[0].$elemMatch.$foo', /^unknown operator/],
  [{ a: { $elemMatch: 1 } }, 'a.$elemMatch', /^expected an object of operators, or/],
  [{ a: { $elemMatch: { $gt: 1, b: 2 } } }, 'a.$elemMatch.b', /^found a field beside operators/],
  [{ a: { $elemMatch: { b: 2, $gt: 1 } } }, 'a.$elemMatch.$gt', /^unknown operator, expected a field/],
  [{ a: { b: { $gt: 1 } } }, 'a', /^found an operator inside of a value; write the path/],
  [{ a: { $in: [{ b: [{ $gt: 1 }] }] } }, 'a.$in[0]', /^found an operator inside of a value/],
  [{ a: { $gt: Number.POSITIVE_INFINITY } }, 'a.$gt', 'expected a number of at most 1.8e308'],
  [{ a: [-Number.POSITIVE_INFINITY] }, 'a', 'expected a number of at most 1.8e308'],
  [{ a: { $date: 'x' } }, 'a', dateFault],
  [{ a: { $date: '2001-02-30' } }, 'a', dateFault],
  [{ a: { $date: '2001-12-31T24:00Z' } }, 'a', dateFault],
  [{ a: { $date: '0000-01-01' } }, 'a', dateFault],
  [{ a: { $date: 1e15 } }, 'a', dateFault],
  [{ a: { $gt: { $date: null } } }, 'a.$gt', dateFault],
  [{ a: { $in: [{ $date: '2001-12-31', b: 1 }] } }, 'a.$in[0]', dateFault],
  [{ a: { $date: '2001-12-31', $gt: 1 } }, 'a.$date', /^unknown operator/],
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

test('depth is bounded through every operator that nests, and length of every list', () => {
  const nesting: Readonly<Record<string, (inner: JsonObject) => JsonObject>> = {
    $and: (inner) => ({ $and: [inner] }),
    $or: (inner) => ({ $or: [inner] }),
    $nor: (inner) => ({ $nor: [inner] }),
    $elemMatch: (inner) => ({ a: { $elemMatch: inner } }),
    $all: (inner) => ({ a: { $all: [{ $elemMatch: inner }] } }),
    $not: (inner) => ({ a: { $not: { $elemMatch: inner } } }),
  };
  for (const [operator, wrap] of Object.entries(nesting)) {
    let filter: JsonObject = { a: 1 };
    for (let level = 0; level < 7; level += 1) filter = wrap(filter);
    assert.deepEqual(errorsOf(filter), [], operator);
    for (let level = 0; level < 10_000; level += 1) filter = wrap(filter);
    assert.match(errorsOf(filter)[0]?.message ?? '', /nested deeper than 16 levels/, operator);
  }
  for (const operator of ['$in', '$nin', '$all', '$type', '$eq', '$ne', '$mod']) {
    const [error, ...more] = errorsOf({ a: { [operator]: list(MAX_LIST + 1) } });
    assert.match(error?.message ?? '', /^expected (a|lists|\[)/, operator);
    assert.deepEqual(more, [], operator);
  }
  for (const operator of ['$and', '$or', '$nor']) {
    const parts = list(MAX_LIST + 1).map(() => ({ a: 1 }));
    assert.match(errorsOf({ [operator]: parts })[0]?.message ?? '', /a list of 1 to 1000 filters/, operator);
  }
});

test('what lies in $elemMatch is bounded as anything else, and by the ways to read the path to it', () => {
  const wrap = (levels: number, path: string): JsonObject => {
    let inner: JsonObject = { b: 1 };
    for (let level = 0; level < levels; level += 1) inner = { [path]: { $elemMatch: inner } };
    return inner;
  };
  assert.deepEqual(errorsOf(wrap(MAX_DEPTH - 1, 'a')), []);
  assert.match(errorsOf(wrap(MAX_DEPTH, 'a'))[0]?.message ?? '', /nested deeper than 16 levels/);
  assert.deepEqual(errorsOf(wrap(7, 'a.0')), []);
  assert.deepEqual(errorsOf(wrap(8, 'a.0')), [
    { path: '', message: 'expected at most 200 conditions, found 256' },
  ]);
});

test('values in lists and objects, lists of $all and patterns are bounded', () => {
  const documents = (count: number): JsonObject => ({ a: { $in: list(count).map((index) => ({ index })) } });
  assert.deepEqual(errorsOf(documents(MAX_LIST)), []);
  assert.deepEqual(errorsOf({ a: [list(MAX_PARTS / 2 - 1), list(MAX_PARTS / 2 - 1)] }), []);
  assert.match(
    errorsOf({ a: [list(1000), list(1000)] })[0]?.message ?? '',
    /^expected at most 2000 values in lists/,
  );
  assert.deepEqual(errorsOf({ a: { $all: list(MAX_CONDITIONS) } }), []);
  assert.match(
    errorsOf({ a: { $all: list(MAX_CONDITIONS + 1) } })[0]?.message ?? '',
    /at most 200 conditions/,
  );
  const patterns = (count: number): JsonObject => ({
    $or: list(count).map((index) => ({ a: { $regex: `${index}` } })),
  });
  assert.deepEqual(errorsOf(patterns(MAX_PATTERNS)), []);
  assert.match(
    errorsOf(patterns(MAX_PATTERNS + 1))[0]?.message ?? '',
    /^expected at most 16 patterns, found 17/,
  );
  assert.match(errorsOf({ a: { $type: list(MAX_LIST + 1) } })[0]?.message ?? '', /a list of 1 to 1000 types/);
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
    [{ a: 1 }, { $comment: 'one', a: 1 }],
    [{ a: 1 }, { a: { $all: [1] } }],
    [{ a: { $gte: null } }, { a: null }],
    [{ a: { $type: 'bool' } }, { a: { $type: [8, 'bool'] } }],
    [{ a: { $gt: { $date: '2001-12-31' } } }, { a: { $gt: '2001-12-31T00:00:00.000Z' } }],
    [{ a: { $lt: { $date: '2001-12-31T03:00+0300' } } }, { a: { $lt: '2001-12-31' } }],
    [{ a: { $regex: 'a+?' } }, { a: { $regex: 'a+' } }],
  ];
  for (const [left, right] of same) assert.deepEqual(parseFilter(left), parseFilter(right));
});
