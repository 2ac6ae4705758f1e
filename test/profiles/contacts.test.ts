import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalizeEmail, normalizePhone, toDate, toDatetime } from '../../src/profiles/index.ts';

const emails: readonly [string, string | undefined][] = [
  [' Foo@Example.COM ', 'foo@example.com'],
  ['иван@почта.рф', 'иван@почта.рф'],
  ['x@xn--80a1acny.xn--p1ai', 'x@почта.рф'],
  ['foo bar@example.com', undefined],
  ['foo@', undefined],
  ['@example.com', undefined],
  ['', undefined],
];

test('an e-mail address has one stored form', () => {
  for (const [sent, stored] of emails) assert.equal(normalizeEmail(sent), stored, sent);
});

const phones: readonly [string, string | undefined][] = [
  ['+79862014852', '+79862014852'],
  ['8 (986) 201-48-52', '+79862014852'],
  ['79862014852', '+79862014852'],
  ['', undefined],
  ['call me', undefined],
];

test('a phone number is stored as E.164', () => {
  for (const [sent, stored] of phones) assert.equal(normalizePhone(sent, 'RU'), stored, sent);
});

test('dates are taken in every accepted form and refused where there is no such day', () => {
  assert.equal(toDate('2001-12-31T00:00:00+03:00'), '2001-12-31');
  assert.equal(toDate('2001-02-30'), undefined);
  assert.equal(toDatetime('2026-01-31T09:30:00+0300'), '2026-01-31T06:30:00.000Z');
  assert.equal(toDatetime(1_700_000_000), '2023-11-14T22:13:20.000Z');
  assert.equal(toDatetime(1_700_000_000_000), '2023-11-14T22:13:20.000Z');
});
