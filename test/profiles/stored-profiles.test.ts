import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { type JsonObject, ManualClock, newObjectId, slotOf } from '../../src/base/index.ts';
import { sqlState, withTx } from '../../src/db/index.ts';
import {
  applyProfilePatch,
  changeProfiles,
  createDatabase,
  createField,
  getProfile,
  getProfiles,
  loadShape,
  lockProfiles,
  matchKeyOfField,
  type ProfileShape,
  type ProfileState,
  parseProfilePatch,
  storeProfiles,
} from '../../src/profiles/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const now = new Date('2026-03-01T00:00:00Z');
const later = new Date('2026-03-02T00:00:00Z');
let database: TestDatabase;
let shape: ProfileShape;

before(async () => {
  database = await createTestDatabase();
  const { db } = database;
  const clock = new ManualClock(now);
  const { id } = await createDatabase(db, clock, { name: 'shop' });
  await createField(db, clock, id, { name: 'card', type: 'string', match: true });
  await createField(db, clock, id, { name: 'groups', type: 'tags', match: true });
  await createField(db, clock, id, { name: 'points', type: 'int', match: true });
  await createField(db, clock, id, { name: 'note', type: 'string' });
  shape = await loadShape(db, id);
});
beforeEach(async () => {
  await sql`truncate profile, identity`.execute(database.db);
});
after(() => database.drop());

async function store(fields: JsonObject): Promise<string> {
  const id = newObjectId(now);
  await withTx(database.db, (tx) =>
    storeProfiles(tx, shape, [{ id, after: { fields, subscriptions: [] } }], [], now),
  );
  return id;
}

function patched(profile: ProfileState, data: JsonObject): ProfileState {
  const fields = parseProfilePatch(shape, data);
  assert.ok(fields.ok);
  const after = applyProfilePatch(shape, profile, { fields: fields.value, subscriptions: [] }, later);
  assert.ok(after.ok);
  return after.value;
}

function change(id: string, patch: JsonObject): Promise<void> {
  return withTx(database.db, async (tx) => {
    const profile = (await lockProfiles(tx, shape.database.id, [id])).get(id);
    assert.ok(profile !== undefined);
    await changeProfiles(tx, shape, [{ profile, after: patched(profile, patch) }], later);
  });
}

/** What the profile is found by, `kind value`; the slot of each must be that of its value. */
async function readIdentities(id: string): Promise<string[]> {
  const { rows } = await sql<{ slot: number; name: string | null; value: string }>`
    select i.slot, coalesce(f.name, i.kind::text) as name, i.value
      from identity i left join field f on f.id = i.kind - 100
     where i.profile_id = ${id}::text
     order by 2, 3`.execute(database.db);
  for (const { slot, value } of rows) assert.equal(slot, slotOf(value));
  return rows.map(({ name, value }) => `${name} ${value}`);
}

test('a profile is stored with an identity for each thing that it is found by', async () => {
  const fields = {
    email: 'a@x.ru',
    phones: ['+79862014852', '+74951234567'],
    card: 'C 1',
    groups: ['a', 'b'],
    points: 0,
    note: 'not a match field',
    _fname: 'Ann',
  };
  const id = await store(fields);
  assert.deepEqual(await getProfile(database.db, shape.database.id, id), {
    id,
    databaseId: shape.database.id,
    fields,
    subscriptions: [],
    createdAt: now,
    updatedAt: now,
  });
  assert.deepEqual(await readIdentities(id), [
    '1 a@x.ru',
    '2 +74951234567',
    '2 +79862014852',
    'card C 1',
    'groups a,b',
    'points 8000000000000000',
  ]);
  const { rows } = await sql<{ slot: number }>`select slot from profile`.execute(database.db);
  assert.deepEqual(rows, [{ slot: slotOf(id) }]);
});

test('a change writes the fields and only the identities that differ', async () => {
  const id = await store({ email: 'a@x.ru', phones: ['+79862014852', '+74951234567'], card: 'C1' });
  const kept = await sql`select xmin from identity where value = '+74951234567'`.execute(database.db);
  await change(id, { email: 'b@x.ru', phones: ['+74951234567', '+4930123456'], note: 'moved' });
  assert.deepEqual(await readIdentities(id), ['1 b@x.ru', '2 +4930123456', '2 +74951234567', 'card C1']);
  const profile = await getProfile(database.db, shape.database.id, id);
  assert.deepEqual(profile?.fields, {
    email: 'b@x.ru',
    phones: ['+74951234567', '+4930123456'],
    card: 'C1',
    note: 'moved',
  });
  assert.deepEqual([profile?.createdAt, profile?.updatedAt], [now, later]);
  const left = await sql`select xmin from identity where value = '+74951234567'`.execute(database.db);
  assert.deepEqual(left.rows, kept.rows);
});

test('a patch that changes nothing writes nothing', async () => {
  const fields = { email: 'a@x.ru', groups: ['a', 'b'], note: 'x' };
  const id = await store(fields);
  const readVersion = () => sql`select xmin, updated_at from profile`.execute(database.db);
  const { rows } = await readVersion();
  await change(id, { note: 'x', groups: ['a', 'b'] });
  await change(id, {});
  assert.deepEqual((await readVersion()).rows, rows);
  const state = { fields, subscriptions: [] };
  assert.equal(patched(state, { note: 'x' }), state);
  assert.deepEqual(patched(state, { note: 'y' }).fields, { ...fields, note: 'y' });
});

test('the profiles that are handed in are brought up to date', async () => {
  const id = await store({ note: 'old' });
  await withTx(database.db, async (tx) => {
    const profile = (await lockProfiles(tx, shape.database.id, [id])).get(id);
    assert.ok(profile !== undefined);
    await changeProfiles(tx, shape, [{ profile, after: patched(profile, { note: 'new' }) }], later);
    assert.deepEqual([profile.fields, profile.updatedAt], [{ note: 'new' }, later]);
    // As when a second item of a batch hits the same profile.
    await changeProfiles(tx, shape, [{ profile, after: patched(profile, { note: 'newest' }) }], later);
  });
  assert.deepEqual((await getProfile(database.db, shape.database.id, id))?.fields, { note: 'newest' });
});

test('many are created and changed together, also when two share what they are found by', async () => {
  const old = await store({ email: 'same@x.ru' });
  const created = Array.from({ length: 500 }, (_, index) => ({
    id: newObjectId(now),
    after: { fields: { email: 'same@x.ru', card: `C${index}` }, subscriptions: [] },
  }));
  await withTx(database.db, async (tx) => {
    const changed = [
      {
        id: old,
        before: { fields: { email: 'same@x.ru' }, subscriptions: [] },
        after: { fields: { email: 'other@x.ru' }, subscriptions: [] },
      },
    ];
    await storeProfiles(tx, shape, created, changed, later);
  });
  const { rows } = await sql`
    select kind, count(*) as many, count(distinct value) as different
      from identity group by kind order by kind`.execute(database.db);
  const kind = shape.fields.get('card')?.kind;
  assert.deepEqual(rows, [
    { kind: 1, many: 501, different: 2 },
    { kind, many: 500, different: 500 },
  ]);
  const found = await getProfiles(database.db, shape.database.id, [old, ...created.map(({ id }) => id)]);
  assert.equal(found.size, 501);
  assert.deepEqual(found.get(old)?.fields, { email: 'other@x.ru' });
});

test('a locked profile waits for the transaction, one that does not exist is left out', async () => {
  const { db } = database;
  const [first, second] = [await store({ note: '1' }), await store({ note: '2' })];
  const absent = newObjectId(now);
  const databaseId = shape.database.id;
  await withTx(db, async (tx) => {
    const locked = await lockProfiles(tx, databaseId, [second, absent, first]);
    assert.deepEqual([...locked.keys()], [first, second].sort());
    const intruder = withTx(db, async (other) => {
      await sql`set local lock_timeout = '10ms'`.execute(other);
      await lockProfiles(other, databaseId, [first]);
    });
    await assert.rejects(intruder, (fault) => sqlState(fault) === '55P03');
    assert.equal((await getProfiles(db, databaseId, [first, second])).size, 2);
  });
  assert.deepEqual(await lockProfiles(db, databaseId, []), new Map());
  assert.deepEqual(await getProfiles(db, databaseId, []), new Map());
  assert.deepEqual(await lockProfiles(db, databaseId + 1, [first]), new Map());
});

test('identities come from match fields that have a value', async () => {
  const values = async (fields: JsonObject): Promise<string[]> =>
    (await readIdentities(await store(fields))).map((text) => text.replace(/^\S+ /, ''));
  assert.deepEqual(await values({}), []);
  const empty = { email: null, phones: [], card: '', groups: [], note: 'x', _fname: 'Ann' };
  assert.deepEqual(await values(empty), []);
  assert.deepEqual(await values({ phones: ['+79862014852'], points: -5, groups: ['b', 'c'] }), [
    '+79862014852',
    'b,c',
    '3febffffffffffff',
  ]);
});

function namedKey(value: number): string {
  const field = shape.fields.get('points');
  assert.ok(field !== undefined);
  const key = matchKeyOfField(shape, { ...field, type: 'float' }, value);
  return key.ok ? (key.value.lane ?? '') : '';
}

test('numbers are found by texts that sort as they do', () => {
  const numbers = [-1e300, -5, -1.5, -Number.MIN_VALUE, 0, Number.MIN_VALUE, 0.1, 1, 2, 10, 2 ** 53, 1e300];
  const texts = numbers.map((number) => namedKey(number));
  assert.deepEqual(texts.toSorted(), texts);
  assert.equal(new Set(texts).size, numbers.length);
});
