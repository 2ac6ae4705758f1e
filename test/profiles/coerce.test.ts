import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type JsonObject, type JsonValue, ManualClock } from '../../src/base/index.ts';
import {
  createDatabase,
  createField,
  type FieldType,
  loadShape,
  type ProfileShape,
  updateDatabase,
} from '../../src/profiles/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { coerceFields } from './coerce-fields.ts';

const clock = new ManualClock(new Date('2026-03-01T00:00:00Z'));
let database: TestDatabase;
let databaseId: number;
let shape: ProfileShape;

const customFields: Readonly<Record<string, FieldType>> = {
  whole: 'int',
  part: 'float',
  word: 'string',
  yes: 'bool',
  day: 'date',
  moment: 'datetime',
  size: 'enum',
  host: 'ip',
  marks: 'tags',
};

before(async () => {
  database = await createTestDatabase();
  const { db } = database;
  databaseId = (await createDatabase(db, clock, { name: 'shop' })).id;
  for (const [name, type] of Object.entries(customFields)) {
    const options = type === 'enum' ? ['S', 'M', 'L'] : undefined;
    await createField(db, clock, databaseId, { name, type, options });
  }
  await createField(db, clock, databaseId, { name: 'card', type: 'string', match: true });
  await createField(db, clock, databaseId, { name: 'groups', type: 'tags', match: true });
  shape = await loadShape(db, databaseId);
});
after(() => database.drop());

/** What is sent beside what is stored. */
const good: Readonly<Record<string, readonly (readonly [sent: JsonValue, stored: JsonValue])[]>> = {
  email: [
    [' Foo@Example.COM ', 'foo@example.com'],
    ['ИВАН@ПОЧТА.РФ', 'иван@почта.рф'],
    ['a@XN--80A1ACNY.XN--P1AI', 'a@почта.рф'],
    ['cafe\u0301@x.fr', 'caf\u00e9@x.fr'],
    ["o'hara+news@x.co.uk", "o'hara+news@x.co.uk"],
  ],
  phones: [
    ['8 (986) 201-48-52', ['+79862014852']],
    [79862014852, ['+79862014852']],
    [9862014852, ['+79862014852']],
    ['+49 30 123456', ['+4930123456']],
    ['380441234567', ['+380441234567']],
    [
      ['89862014852', '+7 986 201 48 52', '+7(495)1234567'],
      ['+79862014852', '+74951234567'],
    ],
    [[], []],
  ],
  _bdate: [
    ['2001-12-31', '2001-12-31'],
    ['2001-12-31T23:30:00-05:00', '2001-12-31'],
    [1_009_756_800, '2001-12-31'],
  ],
  day: [
    ['2024-02-29', '2024-02-29'],
    [' 2024-02-29 10:00 ', '2024-02-29'],
    [' 1709164800 ', '2024-02-29'],
  ],
  moment: [
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T09:30:00', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31 09:30', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T09:30:00Z', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T09:30:00+00:00', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T09:30:00+0000', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T09:30:00.123456+03', '2026-01-31T06:30:00.123Z'],
    [1_769_851_800, '2026-01-31T09:30:00.000Z'],
    [1_769_851_800_000, '2026-01-31T09:30:00.000Z'],
    ['1769851800', '2026-01-31T09:30:00.000Z'],
    [0, '1970-01-01T00:00:00.000Z'],
    [-1, '1969-12-31T23:59:59.000Z'],
  ],
  _sex: [
    ['male', 'male'],
    [0, 'male'],
    ['1', 'female'],
    ['female', 'female'],
  ],
  _tz: [[' Europe/Moscow ', 'Europe/Moscow']],
  _ip: [
    ['1.2.3.4', '1.2.3.4'],
    [' 2001:DB8::1 ', '2001:db8::1'],
  ],
  _status: [[3, 3]],
  whole: [
    [0, 0],
    [-0, 0],
    ['-17', -17],
    [' +5 ', 5],
    [5.0, 5],
    [9_007_199_254_740_991, 9_007_199_254_740_991],
    ['-9007199254740991', -9_007_199_254_740_991],
  ],
  part: [
    [1.5, 1.5],
    ['-1.5e3', -1500],
    ['.5', 0.5],
    [-0, 0],
    [1e300, 1e300],
    ['12345678901234567890', 12_345_678_901_234_567_000],
  ],
  word: [
    ['', ''],
    [' x ', ' x '],
    [5, '5'],
    [0.1, '0.1'],
    ['😀 “ы”', '😀 “ы”'],
    ['x'.repeat(65_536), 'x'.repeat(65_536)],
  ],
  yes: [
    [true, true],
    [0, false],
    ['TRUE ', true],
    ['0', false],
  ],
  size: [
    ['M', 'M'],
    [0, 'S'],
    [2, 'L'],
  ],
  host: [['::1', '::1']],
  marks: [
    ['b, a,,b ', ['a', 'b']],
    [
      ['b', ' a ', 'b'],
      ['a', 'b'],
    ],
    ['', []],
    [[], []],
  ],
  card: [['к'.repeat(512), 'к'.repeat(512)]],
};

test('what fits a type is stored in its one form', () => {
  for (const [name, pairs] of Object.entries(good)) {
    for (const [sent, stored] of pairs) {
      const label = `${name}: ${JSON.stringify(sent).slice(0, 60)}`;
      assert.deepEqual(coerceFields(shape, { [name]: sent }), { ok: true, value: { [name]: stored } }, label);
    }
  }
});

test('what is stored is stored the same when it is sent again', () => {
  for (const [name, pairs] of Object.entries(good)) {
    for (const [, stored] of pairs) {
      assert.deepEqual(coerceFields(shape, { [name]: stored }), { ok: true, value: { [name]: stored } });
    }
  }
});

const bad: Readonly<Record<string, readonly JsonValue[]>> = {
  email: [
    '',
    ' ',
    'foo',
    'foo@',
    '@x.ru',
    'a b@x.ru',
    'a@b@x.ru',
    'a..b@x.ru',
    'a@localhost',
    'a@[1.2.3.4]',
    5,
  ],
  phones: [
    '',
    'call me',
    '2',
    '1-800-FLOWERS',
    '+79',
    -79862014852,
    7986201485.2,
    true,
    {},
    ['+79862014852', ''],
  ],
  day: ['', 'now', '31.01.2026', '2026-02-29', '2026-13-01', '2026-1-3', '0000-01-01', true, [], {}],
  moment: ['', '2026-01-31T24:00:00', '2026-01-31T23:59:60Z', '2026-01-31T09:30:00+19:00', 1e300],
  _sex: ['', 'm', 'Male', 2, true],
  _tz: ['', 'Moscow', 'local', 3],
  _ip: ['', '1.2.3', '1.2.3.256', '1.2.3.4/8', 'localhost', 5],
  whole: ['', '1.5', 1.5, '0x10', '1e3', 9_007_199_254_740_992, '9007199254740993', 1e300, true, [1]],
  part: ['', '1,5', 'Infinity', '1e999', 'NaN', '0x10', true, {}],
  word: [true, {}, [], 9_007_199_254_740_992, '\u0000', 'a\ud800', '\udc00b', 'x'.repeat(65_537)],
  yes: ['', 'yes', 2, [], {}],
  size: ['', 'XL', 'm', 3, -1, 1.5, '3', true],
  host: [''],
  marks: [['a,b'], [''], [5], { a: 1 }, 7, ['a\u0000'], '\ud800', Array.from({ length: 1001 }, String)],
  card: ['к'.repeat(513)],
  groups: [Array.from({ length: 200 }, (_, index) => `tag${index}`)],
};

test('what does not fit is refused with the name of the field, in text that can be stored', () => {
  for (const [name, values] of Object.entries(bad)) {
    for (const value of values) {
      const label = `${name}: ${JSON.stringify(value).slice(0, 60)}`;
      const coerced = coerceFields(shape, { [name]: value });
      assert.ok(!coerced.ok, label);
      assert.equal(coerced.error.code, 400);
      assert.equal(coerced.error.field, name);
      assert.ok(coerced.error.text.startsWith(`${name}: `), coerced.error.text);
      assert.ok(coerced.error.text.isWellFormed() && !coerced.error.text.includes('\u0000'), label);
      assert.ok(coerced.error.text.length < 400, label);
    }
  }
});

test('null leaves a field as it is, and the first fault of an item counts', () => {
  assert.deepEqual(coerceFields(shape, { word: null, whole: 1 }), { ok: true, value: { whole: 1 } });
  const coerced = coerceFields(shape, { word: 'x', whole: 'many', day: 'never' });
  assert.deepEqual(coerced, {
    ok: false,
    error: { code: 400, text: 'whole: expected a whole number, got “many”', field: 'whole' },
  });
});

test('a name that the database does not know is refused, also one that every object has', () => {
  const names = [
    'nickname',
    'constructor',
    'toString',
    '__proto__',
    '',
    'Email',
    'a\u0000b',
    'x\ud800',
    'x'.repeat(99),
  ];
  for (const name of names) {
    const data: JsonObject = JSON.parse(`{${JSON.stringify(name)}: "x"}`);
    const coerced = coerceFields(shape, data);
    assert.ok(!coerced.ok, name);
    assert.match(coerced.error.text, /the database has no such field$/);
    assert.ok(coerced.error.text.isWellFormed() && !coerced.error.text.includes('\u0000'));
  }
});

test('the database says what the numbers of _sex and phones without a + mean', async () => {
  await updateDatabase(database.db, clock, databaseId, { sexNumbers: '1/2', phoneCountry: 'DE' });
  const german = await loadShape(database.db, databaseId);
  assert.deepEqual(coerceFields(german, { _sex: 1, phones: '030 123456' }), {
    ok: true,
    value: { _sex: 'male', phones: ['+4930123456'] },
  });
  assert.deepEqual(coerceFields(german, { _sex: '2' }), { ok: true, value: { _sex: 'female' } });
  assert.ok(!coerceFields(german, { _sex: 0 }).ok);
});
