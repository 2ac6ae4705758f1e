import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { ManualClock, MusterError } from '../../src/base/index.ts';
import { withTx } from '../../src/db/index.ts';
import {
  addEntries,
  createSuppressionList,
  deleteSuppressionList,
  type EntryKind,
  findSuppressed,
  getSuppressionList,
  listSuppressionLists,
  type NormalizeContact,
  pageEntries,
  removeEntries,
  updateSuppressionList,
} from '../../src/suppression/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const now = new Date('2026-03-01T00:00:00Z');
const clock = new ManualClock(now);
let database: TestDatabase;

before(async () => {
  database = await createTestDatabase();
});
after(() => database.drop());

/** Lower case, and nothing with an exclamation mark. */
const normalize: NormalizeContact = (_kind, text) => (text.includes('!') ? undefined : text.toLowerCase());

async function make(databaseIds: readonly number[] | null = null): Promise<number> {
  return (await createSuppressionList(database.db, clock, { name: 'list', databaseIds })).id;
}

function add(listId: number, kind: EntryKind, values: readonly string[], reason: string | null = null) {
  return addEntries(database.db, clock, normalize, { listId, kind, values, reason });
}

function refusal(code: number, field?: string): (fault: unknown) => boolean {
  return (fault) => {
    assert.ok(fault instanceof MusterError, String(fault));
    assert.deepEqual([fault.code, fault.field], [code, field]);
    return true;
  };
}

async function valuesOf(listId: number, kind: EntryKind, prefix?: string): Promise<string[]> {
  const { entries, next } = await pageEntries(database.db, { listId, kind, prefix, limit: 1_000 });
  assert.equal(next, undefined);
  return entries.map(({ value }) => value);
}

test('a list is stored, listed, changed', async () => {
  const { db } = database;
  const made = await createSuppressionList(db, clock, { name: ' Complaints ', databaseIds: [2, 1] });
  assert.deepEqual(made, { id: made.id, name: 'Complaints', databaseIds: [2, 1], createdAt: now });
  assert.deepEqual(await getSuppressionList(db, made.id), made);
  const renamed = await updateSuppressionList(db, made.id, { name: 'Stop' });
  assert.deepEqual(renamed, { ...made, name: 'Stop' });
  const widened = await updateSuppressionList(db, made.id, { databaseIds: null });
  assert.deepEqual(widened, { ...renamed, databaseIds: null });
  assert.deepEqual(await listSuppressionLists(db), [widened]);
  for (const name of ['', ' ', 'x'.repeat(201), 'a\u0000']) {
    await assert.rejects(createSuppressionList(db, clock, { name, databaseIds: null }), refusal(400, 'name'));
    await assert.rejects(updateSuppressionList(db, made.id, { name }), refusal(400, 'name'));
  }
  await assert.rejects(updateSuppressionList(db, 9_999, { name: 'x' }), refusal(404));
  await assert.rejects(getSuppressionList(db, 9_999), refusal(404));
});

test('every value that is added is imported, a duplicate, or listed as invalid', async () => {
  const list = await make();
  const [first, second] = [
    ['b@x.ru', 'A@x.ru', '!', 'a@X.ru'],
    ['a@x.ru', 'c@x.ru', 'd!'],
  ];
  assert.deepEqual(await add(list, 'email', first, 'asked for it'), {
    total: 4,
    imported: 2,
    duplicated: 1,
    invalid: [{ index: 2, value: '!' }],
  });
  assert.deepEqual(await add(list, 'email', second, 'again'), {
    total: 3,
    imported: 1,
    duplicated: 1,
    invalid: [{ index: 2, value: 'd!' }],
  });
  const { entries } = await pageEntries(database.db, { listId: list, kind: 'email', limit: 10 });
  assert.deepEqual(entries, [
    { kind: 'email', value: 'a@x.ru', reason: 'asked for it', createdAt: now },
    { kind: 'email', value: 'b@x.ru', reason: 'asked for it', createdAt: now },
    { kind: 'email', value: 'c@x.ru', reason: 'again', createdAt: now },
  ]);
  await assert.rejects(add(9_999, 'email', ['a@x.ru']), refusal(404));
  await assert.rejects(add(list, 'email', ['z@x.ru'], 'a\u0000'), refusal(400, 'reason'));
  await assert.rejects(add(list, 'email', Array.from({ length: 10_001 }, String)), refusal(400, 'values'));
  assert.equal((await valuesOf(list, 'email')).length, 3);
});

test('10,000 values come in with one call, also two calls at once', async () => {
  const list = await make();
  const values = Array.from({ length: 10_000 }, (_, index) => `u${index}@x.ru`);
  const [left, right] = await Promise.all([
    add(list, 'email', values),
    add(list, 'email', values.toReversed()),
  ]);
  assert.equal(left.imported + right.imported, 10_000);
  assert.equal(left.duplicated + right.duplicated, 10_000);
});

test('entries are paged in order, by kind and by what they begin with', async () => {
  const list = await make();
  const emails = ['ann@x.ru', 'anna@x.ru', 'bob@x.ru', 'an%@x.ru', 'ёж@x.ru'];
  await add(list, 'email', emails);
  await add(list, 'domain', ['an.ru']);
  await add(list, 'phone', ['+79990000001']);
  assert.deepEqual(await valuesOf(list, 'email'), [...emails].sort());
  assert.deepEqual(await valuesOf(list, 'email', ' ANN'), ['ann@x.ru', 'anna@x.ru']);
  assert.deepEqual(await valuesOf(list, 'email', 'an%'), ['an%@x.ru']);
  assert.deepEqual(await valuesOf(list, 'email', 'x'), []);
  assert.deepEqual(await valuesOf(list, 'phone', '+7999'), ['+79990000001']);
  const pages: string[][] = [];
  let after: string | undefined;
  do {
    const page = await pageEntries(database.db, { listId: list, kind: 'email', after, limit: 2 });
    pages.push(page.entries.map(({ value }) => value));
    after = page.next;
  } while (after !== undefined);
  assert.deepEqual(
    pages.map((page) => page.length),
    [2, 2, 1],
  );
  assert.deepEqual(pages.flat(), [...emails].sort());
  const query = { listId: list, kind: 'email', limit: 1 } as const;
  await assert.rejects(pageEntries(database.db, { ...query, prefix: '\u0000' }), refusal(400, 'prefix'));
  await assert.rejects(pageEntries(database.db, { ...query, after: '\ud800' }), refusal(400, 'after'));
});

test('entries are removed by kind and value', async () => {
  const list = await make();
  await add(list, 'email', ['a@x.ru', 'b@x.ru']);
  await add(list, 'domain', ['x.ru']);
  const remove = (kind: EntryKind, values: string[]) =>
    removeEntries(database.db, normalize, { listId: list, kind, values });
  assert.equal(await remove('email', ['A@x.ru', 'none@x.ru', '!', 'x.ru']), 1);
  assert.deepEqual(await valuesOf(list, 'email'), ['b@x.ru']);
  assert.deepEqual(await valuesOf(list, 'domain'), ['x.ru']);
});

test('a contact is suppressed by itself or its domain, where the list counts', async () => {
  const { db } = database;
  const [everywhere, ofOne] = [await make(), await make([51, 52])];
  await add(everywhere, 'email', ['all@example.com']);
  await add(ofOne, 'email', ['one@example.com']);
  await add(ofOne, 'domain', ['bad.example']);
  await add(ofOne, 'phone', ['+79990000002']);
  const contacts = [
    'all@example.com',
    'one@example.com',
    'anybody@bad.example',
    'anybody@mail.bad.example',
    'bad.example',
    '+79990000002',
    '+79990000003',
    'free@example.com',
    'one@example.com',
  ];
  const inOne = new Set(['all@example.com', 'one@example.com', 'anybody@bad.example', '+79990000002']);
  assert.deepEqual(await findSuppressed(db, 51, contacts), inOne);
  assert.deepEqual(await findSuppressed(db, 52, contacts), inOne);
  assert.deepEqual(await findSuppressed(db, 53, contacts), new Set(['all@example.com']));
  assert.deepEqual(await findSuppressed(db, 51, []), new Set());
  await updateSuppressionList(db, ofOne, { databaseIds: [53] });
  assert.deepEqual(await findSuppressed(db, 53, contacts), inOne);
});

test('a list is deleted with its entries, in steps', async () => {
  const { db } = database;
  const [list, neighbour] = [await make(), await make()];
  for (const id of [list, neighbour])
    await add(
      id,
      'phone',
      Array.from({ length: 12 }, (_, index) => `+${index}`),
    );
  const bounds = { steps: 2, rows: 5 };
  assert.deepEqual(await deleteSuppressionList(db, list, bounds), { removed: 10, done: false });
  assert.equal((await valuesOf(list, 'phone')).length, 2);
  assert.deepEqual(await deleteSuppressionList(db, list, bounds), { removed: 2, done: true });
  await assert.rejects(getSuppressionList(db, list), refusal(404));
  assert.deepEqual(await deleteSuppressionList(db, list), { removed: 0, done: true });
  assert.equal((await valuesOf(neighbour, 'phone')).length, 12);
});

test('a list is not deleted under those who add to it', async () => {
  const { db } = database;
  const list = await make();
  let deletion: ReturnType<typeof deleteSuppressionList> | undefined;
  await withTx(db, async (tx) => {
    await addEntries(tx, clock, normalize, { listId: list, kind: 'phone', values: ['+1'], reason: null });
    deletion = deleteSuppressionList(db, list);
    // It has to wait for this transaction, and to see what that has added.
    for (let waiting = 0; waiting === 0; ) {
      const { rows } = await sql<{ waiting: number }>`
        select count(*) as waiting from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'`.execute(tx);
      waiting = rows[0]?.waiting ?? 0;
    }
  });
  assert.deepEqual(await deletion, { removed: 1, done: true });
});
