import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseFilter } from '../../src/query/index.ts';
import { type FilterNode, operators, printFilter, readFilter, readValue } from '../../web/src/filter/tree.ts';

test('filters become trees and come back as they were', () => {
  const filters = [
    {},
    { a: 1 },
    { a: 1, b: { $gte: 2, $lt: 5 } },
    { $or: [{ a: 1 }, { b: { $in: [1, 2] } }] },
    { $and: [{ a: { $gt: 1 } }, { a: { $lt: 3 } }] },
    { a: { $exists: false }, c: { $regex: '^x' } },
    { $nor: [{ a: 1 }], b: { $elemMatch: { c: 1 } } },
    { $or: [{ a: 1, b: 2 }, { $or: [{ c: 3 }, { d: 4 }] }] },
  ];
  for (const filter of filters) {
    const back = printFilter(readFilter(filter));
    assert.deepEqual(printFilter(readFilter(back)), back, JSON.stringify(filter));
  }
  assert.deepEqual(printFilter(readFilter({ a: 1, b: 2 })), { a: 1, b: 2 });
  assert.deepEqual(printFilter(readFilter({ $or: [{ a: 1 }, { b: 2 }] })), { $or: [{ a: 1 }, { b: 2 }] });
  assert.deepEqual(printFilter(readFilter({ b: { $gte: 2, $lt: 5 } })), {
    $and: [{ b: { $gte: 2 } }, { b: { $lt: 5 } }],
  });
});

test('alternatives inside of what must all be so stay alternatives', () => {
  const filter = { $and: [{ $or: [{ a: 1 }, { b: 2 }] }, { $or: [{ c: 3 }, { d: 4 }] }] };
  assert.deepEqual(printFilter(readFilter(filter)), filter);
  const nested = { $or: [{ $and: [{ b: { $gte: 2 } }, { b: { $lt: 5 } }] }, { $or: [{ c: 3 }, { d: 4 }] }] };
  assert.deepEqual(printFilter(readFilter(nested)), nested);
});

test('what the builder has no form for stays as it was written', () => {
  const filter = { tags: { $all: ['a', 'b'] } };
  assert.deepEqual(readFilter(filter).items, [{ kind: 'raw', json: filter }]);
  assert.deepEqual(printFilter(readFilter(filter)), filter);
});

const field = fc.constantFrom('a', 'b', '_city', 'c.d');
const rule: fc.Arbitrary<FilterNode> = fc
  .tuple(
    field,
    fc.constantFrom(...operators),
    fc.oneof(fc.integer({ min: -99, max: 99 }), fc.constantFrom('x', 'y')),
  )
  .map(([name, operator, value]) => ({
    kind: 'rule',
    field: name,
    operator,
    value:
      operator === 'in' || operator === 'nin'
        ? [value]
        : operator === 'exists' || operator === 'missing'
          ? null
          : operator === 'regex'
            ? 'x'
            : value,
  }));
const { node } = fc.letrec<{ node: FilterNode }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    rule,
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('node'), { minLength: 1, maxLength: 3 }))
      .map(([mode, items]): FilterNode => ({ kind: 'group', mode: mode === 'or' ? 'or' : 'and', items })),
  ),
}));

test('whatever is built is a filter of the query language, and reads back to the same filter', () => {
  fc.assert(
    fc.property(fc.array(node, { maxLength: 4 }), fc.constantFrom('and', 'or'), (items, mode) => {
      const filter = printFilter({ kind: 'group', mode: mode === 'or' ? 'or' : 'and', items });
      const parsed = parseFilter(JSON.parse(JSON.stringify(filter)));
      assert.ok(parsed.ok, JSON.stringify(filter));
      assert.deepEqual(printFilter(readFilter(filter)), filter);
    }),
  );
});

test('values are read by the type of their field', () => {
  assert.equal(readValue('12', 'int'), 12);
  assert.equal(readValue('x', 'int'), 'x');
  assert.equal(readValue('12', 'string'), '12');
  assert.equal(readValue('true', 'bool'), true);
});
