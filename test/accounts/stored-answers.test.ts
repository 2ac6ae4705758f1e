import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { findStoredAnswer, purgeStoredAnswers, storeAnswer } from '../../src/accounts/index.ts';
import { withTx } from '../../src/db/index.ts';
import { createTestDatabase } from '../support/database.ts';

const now = new Date('2026-03-02T10:00:00Z');
const since = new Date('2026-03-01T10:00:00Z');
const key = Buffer.from('key');
const first = { key, bodyHash: Buffer.from('body 1'), answer: 'answer 1', now, since };
const second = { ...first, bodyHash: Buffer.from('body 2'), answer: 'answer 2' };
let database: Awaited<ReturnType<typeof createTestDatabase>>;

before(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await sql`truncate stored_answer`.execute(database.db);
});
after(() => database.drop());

/** Resolves when a backend of this database waits for another's transaction. */
async function untilBlocked(): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ waiting: number }>`
      select count(*) as waiting from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(database.db);
    if ((rows[0]?.waiting ?? 0) > 0) return;
  }
}

/** Stores `first` in a transaction that stays open, then `second` in another; ends the first as told. */
async function race(end: 'commit' | 'rollback') {
  const { promise: mayEnd, resolve: letEnd } = Promise.withResolvers<void>();
  const { promise: stored, resolve: tellStored } = Promise.withResolvers<void>();
  const winner = withTx(database.db, async (tx) => {
    assert.equal(await storeAnswer(tx, first), 'stored');
    tellStored();
    await mayEnd;
    if (end === 'rollback') throw new Error('rolled back');
  }).catch((fault: unknown) => fault);
  await stored;
  const loser = withTx(database.db, (tx) => storeAnswer(tx, second));
  await untilBlocked();
  letEnd();
  await winner;
  return loser;
}

test('an answer is stored once; the second gets the first one', async () => {
  const { db } = database;
  assert.equal(await findStoredAnswer(db, key, since), undefined);
  assert.equal(await withTx(db, (tx) => storeAnswer(tx, first)), 'stored');
  const kept = { bodyHash: first.bodyHash, answer: 'answer 1' };
  assert.deepEqual(await withTx(db, (tx) => storeAnswer(tx, second)), kept);
  assert.deepEqual(await findStoredAnswer(db, key, since), kept);
});

test('of two at the same moment the second waits, and gets the answer of the first when that commits', async () => {
  assert.deepEqual(await race('commit'), { bodyHash: first.bodyHash, answer: 'answer 1' });
});

test('of two at the same moment the second is stored when the first rolls back', async () => {
  assert.equal(await race('rollback'), 'stored');
  assert.equal((await findStoredAnswer(database.db, key, since))?.answer, 'answer 2');
});

test('an answer from before the window counts as gone, and is replaced', async () => {
  const { db } = database;
  await withTx(db, (tx) => storeAnswer(tx, first));
  const later = { ...second, now: new Date('2026-03-03T10:00:01Z'), since: new Date('2026-03-02T10:00:01Z') };
  assert.equal(await findStoredAnswer(db, key, later.since), undefined);
  assert.equal(await withTx(db, (tx) => storeAnswer(tx, later)), 'stored');
  assert.equal((await findStoredAnswer(db, key, later.since))?.answer, 'answer 2');
});

test('purging takes the oldest first, and no more than asked', async () => {
  const { db } = database;
  for (const day of [1, 2, 3, 4]) {
    const entry = { ...first, key: Buffer.from([day]), now: new Date(`2026-03-0${day}T00:00:00Z`) };
    await withTx(db, (tx) => storeAnswer(tx, entry));
  }
  const before = new Date('2026-03-04T00:00:00Z');
  assert.equal(await purgeStoredAnswers(db, before, 2), 2);
  const { rows } = await sql<{ key: Buffer }>`select key from stored_answer order by key`.execute(db);
  assert.deepEqual(
    rows.map((row) => row.key[0]),
    [3, 4],
  );
  assert.equal(await purgeStoredAnswers(db, before, 2), 1);
  assert.equal(await purgeStoredAnswers(db, before, 2), 0);
});
