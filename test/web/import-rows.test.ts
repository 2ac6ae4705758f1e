import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { standardFields } from '../../src/profiles/fields.ts';
import { buildItem, readDate, toValue } from '../../web/src/pages/import/build-items.ts';
import { detectEncoding } from '../../web/src/pages/import/detect-encoding.ts';
import { guessColumns, guessDateOrder, guessType } from '../../web/src/pages/import/guess-columns.ts';
import { type ColumnMapping, standardTypes } from '../../web/src/pages/import/mapping.ts';
import {
  guessFormat,
  looksLikeHeader,
  readCsv,
  readJson,
  readNdjson,
  TableError,
  toTable,
} from '../../web/src/pages/import/read-table.ts';
import { findColumnFault, firstSettings } from '../../web/src/pages/import/settings.ts';

test('the page knows the standard fields as the server does', () => {
  assert.deepEqual(standardTypes, standardFields);
});

test('columns are known by their names in both languages, else by their values, each field once', () => {
  const columns = ['E-Mail', 'Имя', 'Фамилия', 'x', 'Дата рождения', 'CRM id', 'mail', 'junk'];
  const sample = [
    ['a@x.org', 'Анна', 'Иванова', '+7 986 201-48-52', '24.12.1990', '7', 'b@x.org', ''],
    ['c@x.org', 'Иван', 'Петров', '8 (986) 201-48-53', '01.02.1991', '8', '', ''],
  ];
  const found = guessColumns(columns, sample, ['CRM_ID']).map(({ target, dates }) => [
    target.kind === 'field' ? target.field : target.kind,
    dates,
  ]);
  assert.deepEqual(
    found.map(([field]) => field),
    ['email', '_fname', '_lname', 'phones', '_bdate', 'CRM_ID', 'ignore', 'ignore'],
  );
  assert.equal(found[4]?.[1], 'dmy');
});

test('dates are read in the order of their column', () => {
  assert.equal(guessDateOrder(['01.02.2020', '13.02.2020']), 'dmy');
  assert.equal(guessDateOrder(['01/02/2020', '02/13/2020']), 'mdy');
  assert.equal(guessDateOrder(['2020-01-02']), 'ymd');
  const cases = [
    ['24.12.1990', 'dmy', '1990-12-24'],
    ['1/2/2020', 'mdy', '2020-01-02'],
    ['1/2/2020', 'dmy', '2020-02-01'],
    ['2020-01-02', 'dmy', '2020-01-02'],
    ['24.12.1990 9:30', 'dmy', '1990-12-24T09:30'],
    ['2020-01-02 10:00:00', 'ymd', '2020-01-02T10:00:00'],
    ['tomorrow', 'dmy', 'tomorrow'],
    ['1.2.20', 'dmy', '1.2.20'],
  ] as const;
  for (const [text, order, expected] of cases) assert.equal(readDate(text, order), expected, text);
});

test('cells become what their fields take; what does not fit is left for the server to refuse', () => {
  assert.equal(toValue('1 234,5', 'float', 'ymd'), 1234.5);
  assert.equal(toValue('12 pieces', 'int', 'ymd'), '12 pieces');
  assert.equal(toValue('Да', 'bool', 'ymd'), true);
  assert.equal(toValue('maybe', 'bool', 'ymd'), 'maybe');
  assert.deepEqual(toValue('a; b,c', 'tags', 'ymd'), ['a', 'b', 'c']);
  assert.deepEqual(toValue('{"a":1}', 'object', 'ymd'), { a: 1 });
  assert.equal(toValue(new Date('2020-01-02T00:00:00Z'), 'date', 'ymd'), '2020-01-02');
  assert.equal(toValue('00015', 'string', 'ymd'), '00015');
});

test('a row becomes an item; empty cells are left out', () => {
  const mappings: ColumnMapping[] = [
    { target: { kind: 'field', field: 'email' }, dates: 'ymd' },
    { target: { kind: 'ignore' }, dates: 'ymd' },
    { target: { kind: 'field', field: '_bdate' }, dates: 'dmy' },
    { target: { kind: 'subscription', resourceId: 3, channel: 'sms' }, dates: 'ymd' },
    { target: { kind: 'profile_id' }, dates: 'ymd' },
  ];
  const typeOf = (field: string) => standardTypes[field] ?? 'string';
  assert.deepEqual(buildItem(['a@x.org', 'x', '24.12.1990', '+79862014852', '0a'], mappings, typeOf), {
    data: {
      email: 'a@x.org',
      _bdate: '1990-12-24',
      subscriptions: [{ resource_id: 3, channel: 'sms', phone: '+79862014852' }],
    },
    profile_id: '0a',
  });
  assert.deepEqual(buildItem([' ', '', null], mappings, typeOf), { data: {} });
});

test('the type of a new field is guessed carefully: codes stay texts', () => {
  assert.equal(guessType(['1', '22']), 'int');
  assert.equal(guessType(['00015', '12']), 'string');
  assert.equal(guessType(['1,5', '2']), 'float');
  assert.equal(guessType(['да', 'Нет']), 'bool');
  assert.equal(guessType(['01.02.2020']), 'date');
  assert.equal(guessType(['', null]), 'string');
});

test('files are known by their names and beginnings', () => {
  assert.equal(guessFormat('a.XLSX', ''), 'xlsx');
  assert.equal(guessFormat('a.txt', ' [{"a":1}]'), 'json');
  assert.equal(guessFormat('a.txt', '{"a":1}\n{"a":2}'), 'ndjson');
  assert.equal(guessFormat('a.txt', 'a;b\n1;2'), 'csv');
});

test('a first row names columns unless it holds values', () => {
  assert.ok(looksLikeHeader(['email', 'Имя']));
  assert.ok(!looksLikeHeader(['a@x.org', 'Anna']));
  assert.ok(!looksLikeHeader(['1990', 'x']));
  const { rows, delimiter } = readCsv('a;b;a\n1;"x;y";3\n\n', undefined);
  assert.equal(delimiter, ';');
  const table = toTable(rows, undefined);
  assert.deepEqual(table.columns, ['a', 'b', 'a (2)']);
  assert.deepEqual(table.rows, [['1', 'x;y', '3']]);
});

test('JSON is taken as a list, as lines and as a request of the API', () => {
  const expected = {
    columns: ['email', 'n'],
    rows: [
      ['a@x.org', undefined],
      ['b@x.org', 2],
    ],
  };
  const list = '[{"email":"a@x.org"},{"email":"b@x.org","n":2}]';
  assert.deepEqual(readJson(list), expected);
  assert.deepEqual(
    readJson(`{"workflow_id":1,"data":[{"data":{"email":"a@x.org"}},{"data":{"email":"b@x.org","n":2}}]}`),
    expected,
  );
  assert.deepEqual(readNdjson('{"email":"a@x.org"}\n\n{"data":{"email":"b@x.org","n":2}}\n'), expected);
  assert.throws(
    () => readNdjson('{"a":1}\n{"a"'),
    (fault) => fault instanceof TableError && fault.detail.startsWith('2: '),
  );
  assert.throws(
    () => readJson('[1]'),
    (fault) => fault instanceof TableError && fault.reason === 'noObjects',
  );
});

test('encodings are found by their bytes', () => {
  const russian = 'Имя;Фамилия\nАнна;Иванова';
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      assert.equal(detectEncoding(new TextEncoder().encode(`a${text}`)), 'utf-8');
    }),
  );
  const bytes = new TextEncoder().encode(russian);
  // Cut off within a character.
  assert.equal(detectEncoding(bytes.slice(0, 3)), 'utf-8');
  assert.equal(detectEncoding(Uint8Array.of(0xc8, 0xec, 0xff)), 'windows-1251');
  assert.equal(detectEncoding(Uint8Array.of(0xff, 0xfe, 0x41, 0)), 'utf-16le');
});

test('what is wrong with columns is said before anything is sent', () => {
  const email: ColumnMapping = { target: { kind: 'field', field: 'email' }, dates: 'ymd' };
  const none: ColumnMapping = { target: { kind: 'ignore' }, dates: 'ymd' };
  assert.equal(findColumnFault(firstSettings, [email, none]), undefined);
  assert.deepEqual(findColumnFault(firstSettings, [none]), { key: 'nothing' });
  assert.deepEqual(findColumnFault(firstSettings, [email, email]), { key: 'twice', value: 'email' });
  assert.deepEqual(findColumnFault({ ...firstSettings, matching: 'phone' }, [email]), {
    key: 'noKey',
    value: 'phones',
  });
});
