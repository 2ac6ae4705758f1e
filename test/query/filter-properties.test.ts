import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/base/index.ts';
import { parseFilter, requiredConditions } from '../../src/query/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { documents, filtersOf, scalars } from './filter-generator.ts';
import { matchesAsMongo } from './mongo-matcher.ts';
import { parseAccepted, passFilter } from './pass-filter.ts';

let database: TestDatabase;

before(async () => {
  database = await createTestDatabase();
});
after(() => database.drop());

test('PostgreSQL finds what the matcher of MongoDB finds, by all operators', async () => {
  let found = 0;
  let all = 0;
  const agree = async (filter: JsonObject, list: JsonObject[]): Promise<void> => {
    const expected = list.map((document) => matchesAsMongo(document, filter));
    found += expected.filter(Boolean).length;
    all += expected.length;
    assert.deepEqual(await passFilter(database.db, filter, list), expected);
  };
  const property = fc.asyncProperty(filtersOf(2), documents, agree);
  await fc.assert(property, { seed: 20_261_101, numRuns: 1500 });
  // A generator that finds nothing, or everything, would prove nothing.
  assert.ok(found > all / 10 && found < (all * 9) / 10, `${found} of ${all}`);
});

test('what is required of every match holds for every match', async () => {
  const agree = async (filter: JsonObject, list: JsonObject[]): Promise<void> => {
    const required = requiredConditions(parseAccepted(filter)).map((condition): JsonObject => {
      const path = condition.path.join('.');
      if ('values' in condition) return { [path]: { $in: [...condition.values] } };
      const operator = { '>': '$gt', '>=': '$gte', '<': '$lt', '<=': '$lte' }[condition.operator];
      return { [path]: { [operator]: condition.value } };
    });
    const found = list.filter((document) => matchesAsMongo(document, filter));
    for (const document of found) {
      assert.ok(
        required.every((part) => matchesAsMongo(document, part)),
        JSON.stringify(document),
      );
    }
  };
  await fc.assert(fc.asyncProperty(filtersOf(2), documents, agree), { seed: 20_261_106, numRuns: 1500 });
});

/** Objects of operators in places where they belong and where they do not. */
const nonsense = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    scalars,
    fc.constantFrom<JsonValue>('\u0000', '\ud800', 1e308, -0, 5e-324, 2 ** 53, '(a|b)*', '[', '$v0', '"'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(
        fc.constantFrom(...'$and $or $nor $not $eq $ne $in $nin $exists $type $gt $gte $lt $lte'.split(' ')),
        fc.constantFrom(...'$mod $regex $options $all $elemMatch $size $date $comment $where'.split(' ')),
        fc.constantFrom(
          ...'a a.b a.0 a.0.b 0 __proto__ constructor'.split(' '),
          'a"b',
          "'",
          '\\',
          'ключ',
          '@',
          '*',
        ),
      ),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).value;

test('no input ends the parser, and what it takes PostgreSQL takes', async () => {
  let taken = 0;
  const run = async (input: JsonValue): Promise<void> => {
    if (!parseFilter(input).ok || !isJsonObject(input)) return;
    taken += 1;
    for (const passes of await passFilter(database.db, input, [{}, { a: 1 }, { a: [{ b: 'x' }, 1] }])) {
      assert.equal(typeof passes, 'boolean');
    }
  };
  await fc.assert(fc.asyncProperty(nonsense, run), { seed: 20_261_107, numRuns: 8000 });
  assert.ok(taken > 300, `${taken} taken`);
});

function list<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index));
}

test('filters at their bounds are taken by PostgreSQL', async () => {
  const longPath = list(16, (index) => `${index}`.padStart(30, 'n')).join('.');
  let nested: JsonObject = { [longPath]: 1 };
  for (let level = 1; level < 16; level += 1) nested = { [longPath]: { $elemMatch: nested } };
  let negated: JsonObject = { $eq: 1 };
  for (let level = 1; level < 16; level += 1) negated = { $not: negated };
  let deepValue: JsonValue = 1;
  for (let level = 0; level < 16; level += 1) deepValue = level % 2 === 0 ? [deepValue] : { b: deepValue };
  const indexed = `${'a'.repeat(400)}.0.1.2`;
  const heavy: readonly JsonObject[] = [
    nested,
    { a: negated },
    { [`${longPath.slice(0, 300)}.0.1.2`]: deepValue },
    { a: { $in: list(1000, (index) => ({ [`k${index}`]: null })) } },
    { a: [list(999, (index) => index), list(999, (index) => `${index}`)] },
    { a: Object.fromEntries(list(1000, (index) => [`k${index}`, index])) },
    { $or: list(200, () => ({ [indexed]: { $in: list(1000, (index) => index) } })) },
    { $and: list(200, () => ({ [indexed]: { $mod: [2 ** 53 - 1, -1] } })) },
    { $nor: list(200, () => ({ [indexed]: null })) },
  ];
  for (const filter of heavy) {
    const [passes] = await passFilter(database.db, filter, [{ a: [1, { b: 2 }] }]);
    assert.equal(typeof passes, 'boolean');
  }
});
