import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import {
  type JsonObject,
  type JsonValue,
  ManualClock,
  MusterError,
  newObjectId,
  slotOf,
} from '../../src/base/index.ts';
import { withTx } from '../../src/db/index.ts';
import {
  createDatabase,
  createField,
  type FieldType,
  loadShape,
  type MatchKey,
  matchKeyOfField,
  matchKeyOfId,
  matchProfiles,
  type ProfileSearch,
  type ProfileShape,
  searchProfiles,
  storeProfiles,
} from '../../src/profiles/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { openAdmin } from '../support/template-server.ts';
import { coerceFields } from './coerce-fields.ts';

const now = new Date('2026-03-01T00:00:00Z');
let database: TestDatabase;
let shape: ProfileShape;
let stranger: ProfileShape;
/** Ids of the stored profiles by their `_fname`. */
const ids = new Map<string, string>();

const people: readonly JsonObject[] = [
  {
    _fname: 'Ann',
    email: 'a@x.ru',
    phones: ['+79862014852', '+74951234567'],
    card: 'C1',
    groups: ['a', 'b'],
  },
  { _fname: 'Bob', email: 'both@x.ru', points: 7, note: 'tall', day: '2001-12-31', flags: ['x', 'y'] },
  { _fname: 'Cid', email: 'both@x.ru', phones: ['+74951234567'], points: 7, note: '7', open: false },
];

const customFields: readonly (readonly [name: string, type: FieldType, match: boolean])[] = [
  ['card', 'string', true],
  ['groups', 'tags', true],
  ['points', 'int', false],
  ['note', 'string', false],
  ['day', 'date', false],
  ['flags', 'tags', false],
  ['open', 'bool', false],
];

before(async () => {
  database = await createTestDatabase();
  shape = await createShop();
  stranger = await createShop();
  for (const fields of people) await store(shape, fields);
  await store(stranger, { _fname: 'Eve', email: 'eve@x.ru', note: 'alone' });
});
after(() => database.drop());

async function createShop(): Promise<ProfileShape> {
  const { db } = database;
  const clock = new ManualClock(now);
  const { id } = await createDatabase(db, clock, { name: 'shop' });
  for (const [name, type, match] of customFields) await createField(db, clock, id, { name, type, match });
  return loadShape(db, id);
}

async function store(where: ProfileShape, data: JsonObject): Promise<void> {
  const coerced = coerceFields(where, data);
  assert.ok(coerced.ok);
  const id = newObjectId(now);
  await withTx(database.db, (tx) =>
    storeProfiles(tx, where, [{ id, after: { fields: coerced.value, subscriptions: [] } }], [], now),
  );
  if (where === shape) ids.set(String(data['_fname']), id);
}

function keyOf(name: string, value: JsonValue): MatchKey {
  const field = shape.fields.get(name);
  assert.ok(field !== undefined, name);
  const key = matchKeyOfField(shape, field, value);
  assert.ok(key.ok, `${name}: ${JSON.stringify(value)}`);
  return key.value;
}

/** The names of those whom each key finds. */
async function match(keys: readonly MatchKey[], limit = 2): Promise<string[][]> {
  const lookups = keys.flatMap((key) => key.lookups);
  const found = await matchProfiles(database.db, shape.database.id, lookups, limit);
  const names = new Map([...ids].map(([name, id]) => [id, name]));
  return keys.map(({ lookups: [lookup] }) =>
    (found.get(lookup?.text ?? '') ?? []).map((id) => names.get(id) ?? id),
  );
}

const matches: readonly (readonly [field: string, value: JsonValue, names: string[]])[] = [
  ['email', ' A@X.ru ', ['Ann']],
  ['email', 'both@x.ru', ['Bob', 'Cid']],
  ['email', 'nobody@x.ru', []],
  ['email', 'eve@x.ru', []],
  ['phones', '8 (986) 201-48-52', ['Ann']],
  ['phones', 79862014852, ['Ann']],
  ['phones', ['89862014852', '+4930123456'], ['Ann']],
  ['phones', '+7 495 123-45-67', ['Ann', 'Cid']],
  ['card', 'C1', ['Ann']],
  ['card', 'c1', []],
  ['groups', 'b, a', ['Ann']],
  ['groups', ['b', 'a', 'b'], ['Ann']],
  ['groups', 'a', []],
  ['points', '7', ['Bob', 'Cid']],
  ['points', 8, []],
  ['note', 7, ['Cid']],
  ['note', 'alone', []],
  ['day', '2001-12-31T10:00:00Z', ['Bob']],
  ['flags', 'y,x', ['Bob']],
  ['open', 0, ['Cid']],
  ['_fname', 'Bob', ['Bob']],
];

test('a profile is found by every spelling of a value, with and without an index', async () => {
  for (const [field, value, names] of matches) {
    assert.deepEqual(await match([keyOf(field, value)]), [names], `${field}: ${JSON.stringify(value)}`);
  }
});

test('many keys at once find what each of them finds alone', async () => {
  const keys = matches.map(([field, value]) => keyOf(field, value));
  assert.deepEqual(
    await match([...keys, ...keys]),
    [...matches, ...matches].map(([, , names]) => names),
  );
  assert.deepEqual(await match([]), []);
});

test('two are enough to see that a match is ambiguous, and one if so asked', async () => {
  const keys = [keyOf('email', 'both@x.ru'), keyOf('points', 7)];
  assert.deepEqual(await match(keys, 1), [['Bob'], ['Bob']]);
  for (let copy = 0; copy < 20; copy += 1) await store(stranger, { email: 'both@x.ru', points: 7 });
  assert.deepEqual(await match(keys, 3), [
    ['Bob', 'Cid'],
    ['Bob', 'Cid'],
  ]);
});

test('a key by id is that id, whether or not there is such a profile', async () => {
  const known = ids.get('Ann') ?? '';
  const absent = newObjectId(now);
  const keys = [known.toUpperCase(), ` ${absent} `].map((text) => matchKeyOfId(text));
  const [left, right] = keys.map((key) => (key.ok ? key.value : undefined));
  assert.ok(left !== undefined && right !== undefined);
  assert.deepEqual(await match([left, right]), [['Ann'], [absent]]);
  for (const value of ['', 'x'.repeat(24), known.slice(1), 5, null, [known]]) {
    assert.deepEqual(matchKeyOfId(value), { ok: false, error: 'expected 24 hexadecimal digits' });
  }
});

test('a value that does not fit, and one that is empty, is no key', () => {
  const faults: readonly (readonly [field: string, value: JsonValue, fault: RegExp])[] = [
    ['email', 'nobody', /expected an e-mail address/],
    ['phones', [], /an empty value matches nothing/],
    ['card', '', /an empty value matches nothing/],
    ['groups', ',', /an empty value matches nothing/],
    ['note', '', /an empty value matches nothing/],
    ['points', 'many', /expected a whole number/],
    ['card', 'x'.repeat(513), /longer than 512 characters/],
  ];
  for (const [name, value, fault] of faults) {
    const field = shape.fields.get(name);
    assert.ok(field !== undefined);
    const key = matchKeyOfField(shape, field, value);
    assert.match(key.ok ? '' : key.error, fault, name);
  }
});

test('a value that very many share is read by the index, and no further than the limit', async () => {
  const { db } = database;
  const { id } = shape.database;
  const email = 'crowd@x.ru';
  await sql`
    insert into identity (slot, database_id, kind, value, profile_id, resource_id)
    select ${slotOf(email)}::smallint, ${id}::int, 1, ${email}::text, lpad(to_hex(n), 24, '0'), 0
      from generate_series(1, 20000) as n`.execute(db);
  await sql`analyze identity`.execute(db);
  // A connection of its own, whose counters begin at nothing; in a transaction, since only there they stand still.
  const fresh = openAdmin(database.url);
  const counters = await withTx(fresh, async (tx) => {
    await matchProfiles(tx, id, keyOf('email', email).lookups, 2);
    const { rows } = await sql<{ scans: number; read: number }>`
      select pg_stat_get_xact_numscans('identity'::regclass) as scans,
             pg_stat_get_xact_tuples_returned('identity_pkey'::regclass) as read`.execute(tx);
    return rows[0];
  });
  await fresh.destroy();
  assert.equal(counters?.scans, 0, 'the table itself is not scanned');
  assert.ok(counters.read >= 1 && counters.read <= 3, `${counters.read} index entries read`);
  const [found] = await match([keyOf('email', email)]);
  assert.deepEqual(found, ['000000000000000000000001', '000000000000000000000002']);
});

function search(by: ProfileSearch['by'], limit = 10): Promise<string[]> {
  return searchProfiles(database.db, shape, by === undefined ? { limit } : { by, limit }).then(
    ({ profiles }) => profiles.map(({ fields }) => String(fields['_fname'])),
  );
}

test('a search by value answers those who have it, in order of id', async () => {
  assert.deepEqual(await search({ field: 'email', value: 'BOTH@x.ru' }), ['Bob', 'Cid']);
  assert.deepEqual(await search({ field: 'email', value: 'both@x.ru' }, 1), ['Bob']);
  assert.deepEqual(await search({ field: 'points', value: '7' }), ['Bob', 'Cid']);
  assert.deepEqual(await search({ field: 'id', value: ids.get('Ann') ?? '' }), ['Ann']);
  assert.deepEqual(await search({ field: 'id', value: newObjectId(now) }), []);
  assert.deepEqual(await search({ field: 'email', value: 'eve@x.ru' }), []);
  const refusal = (field: string) => (fault: unknown) =>
    fault instanceof MusterError && fault.code === 400 && fault.field === field;
  await assert.rejects(search({ field: 'nickname', value: 'x' }), refusal('field'));
  await assert.rejects(search({ field: 'email', value: 'x' }), refusal('value'));
  await assert.rejects(search({ field: 'id', value: 'x' }), refusal('value'));
  await assert.rejects(searchProfiles(database.db, shape, { after: 'x', limit: 1 }), refusal('after'));
});

test('page by page all profiles come once, whatever the size of a page', async () => {
  const shop = await createShop();
  const all = Array.from({ length: 100 }, () => ({
    id: newObjectId(now),
    after: { fields: {}, subscriptions: [] },
  }));
  await withTx(database.db, (tx) => storeProfiles(tx, shop, all, [], now));
  for (const limit of [1, 7, 99, 100, 101]) {
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await searchProfiles(
        database.db,
        shop,
        after === undefined ? { limit } : { limit, after },
      );
      seen.push(...page.profiles.map(({ id }) => id));
      assert.ok(page.profiles.length <= limit);
      after = page.next;
    } while (after !== undefined);
    const expected = all
      .map(({ id }) => id)
      .sort((left, right) => slotOf(left) - slotOf(right) || (left < right ? -1 : 1));
    assert.deepEqual(seen, expected, `pages of ${limit}`);
  }
  assert.deepEqual(await searchProfiles(database.db, await createShop(), { limit: 5 }), { profiles: [] });
});
