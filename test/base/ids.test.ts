import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isObjectId,
  isUuid,
  laneOf,
  newObjectId,
  newUuid,
  SLOT_COUNT,
  slotOf,
} from '../../src/base/index.ts';

const now = new Date('2026-03-01T00:00:00Z');

test('object ids are 24 hex digits, different, and begin with the time', () => {
  const ids = Array.from({ length: 10_000 }, () => newObjectId(now));
  assert.ok(ids.every(isObjectId));
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(Number.parseInt(ids[0]?.slice(0, 8) ?? '', 16) * 1000, now.getTime());
  assert.ok(newObjectId(new Date(now.getTime() + 1000)) > (ids.at(-1) ?? ''));
});

test('what is no id is told apart', () => {
  for (const text of [
    '',
    '0'.repeat(23),
    '0'.repeat(25),
    'G'.repeat(24),
    'A'.repeat(24),
    `${'0'.repeat(24)}\n`,
  ]) {
    assert.ok(!isObjectId(text), text);
  }
  assert.ok(isUuid(newUuid()));
  assert.ok(isUuid(newUuid().toUpperCase()));
  for (const text of ['', newUuid().slice(1), newUuid().replaceAll('-', ''), `${newUuid()}\n`]) {
    assert.ok(!isUuid(text), text);
  }
});

// Rows are stored by these: another function would not find them again.
test('slots and lanes are what they were when the first rows were stored', () => {
  assert.deepEqual(['', 'a@x.ru', 'иван@почта.рф', '+79862014852'].map(slotOf), [0, 11, 57, 12]);
  assert.deepEqual(
    ['', '1 a@x.ru', 'иван@почта.рф', '2 +79862014852'].map((key) => laneOf(key, 16)),
    [0, 13, 0, 2],
  );
});

test('slots and lanes are evenly filled, and one says nothing of the other', () => {
  const slots = new Map<number, number>();
  const pairs = new Set<string>();
  for (let index = 0; index < 64_000; index += 1) {
    const id = newObjectId(now);
    const slot = slotOf(id);
    slots.set(slot, (slots.get(slot) ?? 0) + 1);
    pairs.add(`${slot} ${laneOf(id, 16)}`);
  }
  assert.equal(slots.size, SLOT_COUNT);
  for (const [slot, count] of slots) assert.ok(count > 700 && count < 1_300, `slot ${slot}: ${count}`);
  assert.equal(pairs.size, SLOT_COUNT * 16);
});
