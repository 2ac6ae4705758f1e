import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { type JsonObject, ManualClock, MusterError } from '../../src/base/index.ts';
import {
  createDatabase,
  createField,
  createUnknownFields,
  type Database,
  findDatabase,
  findShape,
  listDatabases,
  listFields,
  loadShape,
  type UnknownFields,
  updateDatabase,
  WIDE_LANE,
} from '../../src/profiles/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { coerceFields } from './coerce-fields.ts';

const now = new Date('2026-03-01T00:00:00Z');
const clock = new ManualClock(now);
let database: TestDatabase;

before(async () => {
  database = await createTestDatabase();
});
after(() => database.drop());

function create(unknownFields?: UnknownFields): Promise<Database> {
  return createDatabase(database.db, clock, { name: 'shop', unknownFields });
}

function refusal(code: number, field?: string): (fault: unknown) => boolean {
  return (fault) => fault instanceof MusterError && fault.code === code && fault.field === field;
}

test('a database is made with its lanes and what is usual', async () => {
  const { db } = database;
  const made = await createDatabase(db, clock, { name: ' Shop ' });
  assert.deepEqual(made, {
    id: made.id,
    name: 'Shop',
    unknownFields: 'reject',
    phoneCountry: 'RU',
    sexNumbers: '0/1',
    uniqueEmail: false,
    createdAt: now,
  });
  assert.deepEqual(await findDatabase(db, made.id), made);
  const { rows } = await sql<{ lane: number }>`
    select lane from import_lane where database_id = ${made.id}::int order by lane`.execute(db);
  assert.deepEqual(
    rows.map(({ lane }) => lane),
    Array.from({ length: WIDE_LANE + 1 }, (_, lane) => lane),
  );
  const other = await create();
  assert.deepEqual(await listDatabases(db, [other.id, made.id, 9_999]), [made, other]);
  assert.equal(await findShape(db, 9_999), undefined);
  await assert.rejects(loadShape(db, 9_999), /database 9999 does not exist/);
});

test('settings are changed one by one, and refused when they are not usable', async () => {
  const { db } = database;
  const { id } = await create();
  const changed = await updateDatabase(db, clock, id, { unknownFields: 'ignore' });
  assert.deepEqual(await findDatabase(db, id), changed);
  assert.equal(changed.name, 'shop');
  await assert.rejects(updateDatabase(db, clock, id, { phoneCountry: 'XX' }), refusal(400, 'phone_country'));
  for (const name of ['', '  ', 'x'.repeat(201), 'a\u0000']) {
    await assert.rejects(updateDatabase(db, clock, id, { name }), refusal(400, 'name'));
    await assert.rejects(createDatabase(db, clock, { name }), refusal(400, 'name'));
  }
  await assert.rejects(updateDatabase(db, clock, 9_999, { name: 'x' }), refusal(404));
  assert.deepEqual(await findDatabase(db, id), changed);
});

test('a field is made once', async () => {
  const { db } = database;
  const { id } = await create();
  const field = await createField(db, clock, id, { name: 'Размер-1', type: 'enum', options: ['S', 'M'] });
  assert.deepEqual(await listFields(db, id), [field]);
  assert.deepEqual(field, {
    id: field.id,
    name: 'Размер-1',
    type: 'enum',
    options: ['S', 'M'],
    match: false,
    indexed: true,
    unique: false,
    required: false,
    createdAt: now,
  });
  await assert.rejects(createField(db, clock, id, { name: 'Размер-1', type: 'int' }), refusal(409, 'name'));
  await assert.rejects(createField(db, clock, id, { name: 'email', type: 'string' }), refusal(409, 'name'));
  await assert.rejects(createField(db, clock, 9_999, { name: 'a', type: 'int' }), refusal(404));
  const twins = await Promise.allSettled([
    createField(db, clock, id, { name: 'twin', type: 'int' }),
    createField(db, clock, id, { name: 'twin', type: 'string' }),
  ]);
  assert.deepEqual(twins.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  assert.equal((await listFields(db, id)).length, 2);
  const neighbour = await create();
  await createField(db, clock, neighbour.id, { name: 'twin', type: 'bool' });
});

test('a field with an unusable name or options is refused', async () => {
  const { db } = database;
  const { id } = await create();
  const names = [
    '',
    '1a',
    'a b',
    'a.b',
    '$a',
    'a"',
    'a\u0000',
    'x'.repeat(65),
    '__proto__',
    'constructor',
    'toString',
  ];
  for (const name of names) {
    await assert.rejects(createField(db, clock, id, { name, type: 'int' }), refusal(400, 'name'), name);
  }
  const options: readonly (readonly [options: string[] | undefined, field: string])[] = [
    [undefined, 'options'],
    [[], 'options'],
    [Array.from({ length: 1_001 }, String), 'options'],
    [['S', ''], 'options[1]'],
    [['S', 'M', 'S'], 'options[2]'],
    [['a\ud800'], 'options[0]'],
  ];
  for (const [list, field] of options) {
    const settings = { name: 'size', type: 'enum', options: list } as const;
    await assert.rejects(createField(db, clock, id, settings), refusal(400, field));
  }
  await assert.rejects(
    createField(db, clock, id, { name: 'size', type: 'int', options: ['S'] }),
    refusal(400, 'options'),
  );
  assert.deepEqual(await listFields(db, id), []);
});

const items: readonly JsonObject[] = [
  { email: 'a@x.ru', first: null, whole: 1, part: 0.5, big: 1e300, yes: false, word: '', marks: ['b', 'a'] },
  {
    first: 'now a text',
    whole: 'ten',
    thing: { a: 1 },
    mixed: ['a', 1],
    subscriptions: 'none',
    'bad name': 1,
  },
];

test('where the database says so, unknown fields are created by the type of their first value', async () => {
  const { db } = database;
  const { id } = await create('create');
  const shape = await createUnknownFields(db, await loadShape(db, id), items, now);
  const made = await listFields(db, id);
  assert.deepEqual(Object.fromEntries(made.map(({ name, type }) => [name, type])), {
    big: 'float',
    first: 'string',
    marks: 'tags',
    part: 'float',
    thing: 'object',
    whole: 'int',
    word: 'string',
    yes: 'bool',
  });
  assert.ok(made.every(({ match, options }) => !match && options === null));
  const first = coerceFields(shape, items[0] ?? {});
  assert.deepEqual(first.ok && first.value, {
    email: 'a@x.ru',
    whole: 1,
    part: 0.5,
    big: 1e300,
    yes: false,
    word: '',
    marks: ['a', 'b'],
  });
  for (const name of ['whole', 'mixed', 'subscriptions', 'bad name']) {
    const coerced = coerceFields(shape, { [name]: items[1]?.[name] ?? null });
    assert.equal(coerced.ok ? undefined : coerced.error.field, name);
  }
  // A second time there is nothing left to create, and no statement.
  assert.equal(await createUnknownFields(db, shape, items, now), shape);
});

test('two batches that create the same field at once agree on it', async () => {
  const { db } = database;
  const { id } = await create('create');
  const shape = await loadShape(db, id);
  const [left, right] = await Promise.all([
    createUnknownFields(db, shape, [{ code: 1, a: 1 }], now),
    createUnknownFields(db, shape, [{ code: 'x', b: 1 }], now),
  ]);
  const type = (await listFields(db, id)).find(({ name }) => name === 'code')?.type;
  assert.equal(left?.fields.get('code')?.type, type);
  assert.equal(right?.fields.get('code')?.type, type);
});

test('otherwise they are left out or refused, and none is created', async () => {
  const { db } = database;
  for (const policy of ['ignore', 'reject'] as const) {
    const { id } = await create(policy);
    const shape = await createUnknownFields(db, await loadShape(db, id), items, now);
    const coerced = coerceFields(shape, { email: 'a@x.ru', nickname: 'A' });
    if (policy === 'ignore') assert.deepEqual(coerced, { ok: true, value: { email: 'a@x.ru' } });
    else assert.equal(coerced.ok ? undefined : coerced.error.field, 'nickname');
    assert.deepEqual(await listFields(db, id), []);
  }
});

test('a database has no more than 500 fields, however they come', async () => {
  const { db } = database;
  const { id } = await create('create');
  const item: JsonObject = Object.fromEntries(
    Array.from({ length: 501 }, (_, index) => [`f${index}`, index]),
  );
  const shape = await createUnknownFields(db, await loadShape(db, id), [item], now);
  assert.equal((await listFields(db, id)).length, 500);
  assert.equal(shape.fields.has('f499'), true);
  assert.equal(coerceFields(shape, { f500: 1 }).ok, false);
  await assert.rejects(createField(db, clock, id, { name: 'one_more', type: 'int' }), refusal(400, 'name'));
});
