import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../src/base/index.ts';

const KEYS = ['a', 'b', 'ключ', '0', '1'];
const PATHS = [
  'a',
  'b',
  'ключ',
  'a.b',
  'a.a',
  'b.a',
  'a.b.a',
  'a.0',
  'a.1',
  'a.0.b',
  'a.b.0',
  'a.0.0',
  'a.0.1.b',
  'b.ключ.a',
];
const PATTERNS = [
  '^x',
  'y$',
  'x|Ы',
  '^[xы]+$',
  '.',
  '^$',
  'x.',
  '\\d',
  '[^x]y',
  '(?:xy)?\\w{2}',
  '^(x|y){1,2}$',
];
const TYPES: readonly JsonValue[] = [
  'number',
  'int',
  'long',
  'double',
  'string',
  'bool',
  'null',
  'object',
  'array',
  1,
  2,
  3,
  4,
  8,
  10,
  16,
  18,
];

export const scalars = fc.constantFrom<JsonValue>(
  null,
  true,
  false,
  0,
  1,
  2,
  1.5,
  -1,
  -7,
  -7.5,
  12,
  3e9,
  1e30,
  '',
  'x',
  'y',
  'xy',
  'X\ny',
  'Ы',
  'ы',
  '1',
  '😀',
);

function objects(values: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonObject> {
  return fc.dictionary(fc.constantFrom(...KEYS), values, { maxKeys: 3, noNullPrototype: true });
}

/** Anything in anything: arrays in arrays, and names of digits. */
function valuesOf(depth: number): fc.Arbitrary<JsonValue> {
  if (depth === 0) return scalars;
  const inner = valuesOf(depth - 1);
  return fc.oneof(
    { weight: 2, arbitrary: scalars },
    { weight: 2, arbitrary: objects(inner) },
    { weight: 2, arbitrary: fc.array(inner, { maxLength: 3 }) },
  );
}

export const documents = fc.array(objects(valuesOf(4)), { minLength: 20, maxLength: 30 });

function under(operator: string, values: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonObject> {
  return values.map((value): JsonObject => ({ [operator]: value }));
}

const literals = valuesOf(2);
const lists = fc.array(literals, { maxLength: 3 });
const wholes = fc.constantFrom(1, 2, 3, 5, -3, 7);

const pattern: fc.Arbitrary<JsonObject> = fc
  .tuple(fc.constantFrom(...PATTERNS), fc.constantFrom('', 'i', 'm', 's', 'im'))
  .map(([$regex, $options]) => ($options === '' ? { $regex } : { $regex, $options }));

function conditions(depth: number): fc.Arbitrary<JsonObject> {
  const plain: fc.Arbitrary<JsonObject>[] = [
    ...['$eq', '$ne'].map((operator) => under(operator, literals)),
    ...['$in', '$nin', '$all'].map((operator) => under(operator, lists)),
    ...['$gt', '$gte', '$lt', '$lte'].map((operator) => under(operator, scalars)),
    under('$exists', fc.boolean()),
    under('$type', fc.constantFrom(...TYPES)),
    under('$type', fc.array(fc.constantFrom(...TYPES), { minLength: 1, maxLength: 3 })),
    under('$size', fc.constantFrom(0, 1, 2)),
    under(
      '$mod',
      fc.tuple(wholes, fc.constantFrom(0, 1, 2, -1, -2)).map((pair): JsonValue => [...pair]),
    ),
    pattern,
    fc.tuple(scalars, scalars).map(([$gte, $lt]): JsonObject => ({ $gte, $lt })),
  ];
  if (depth === 0) return fc.oneof(...plain);
  const inner = conditions(depth - 1);
  const match = fc.oneof(under('$elemMatch', inner), under('$elemMatch', filtersOf(depth - 1)));
  return fc.oneof(
    { weight: 6, arbitrary: fc.oneof(...plain) },
    { weight: 2, arbitrary: under('$not', inner) },
    { weight: 3, arbitrary: match },
    {
      weight: 1,
      arbitrary: under(
        '$all',
        fc.array(match, { minLength: 1, maxLength: 2 }).map((list): JsonValue => list),
      ),
    },
  );
}

/** Filters of all operators, nested to the depth. */
export function filtersOf(depth: number): fc.Arbitrary<JsonObject> {
  const path = fc.constantFrom(...PATHS);
  const field = fc
    .tuple(path, fc.oneof({ weight: 5, arbitrary: conditions(depth) }, { weight: 1, arbitrary: literals }))
    .map(([name, condition]): JsonObject => ({ [name]: condition }));
  if (depth === 0) return field;
  const parts = fc.array(filtersOf(depth - 1), { minLength: 1, maxLength: 3 });
  return fc.oneof(
    { weight: 3, arbitrary: field },
    fc.tuple(field, field).map(([left, right]): JsonObject => ({ ...left, ...right })),
    fc
      .tuple(fc.constantFrom('$and', '$or', '$nor'), parts)
      .map(([junction, list]): JsonObject => ({ [junction]: list })),
  );
}
