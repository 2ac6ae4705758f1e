import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { ManualClock, MusterError } from '../../src/base/index.ts';
import {
  createDatabase,
  createResource,
  findResource,
  listResources,
  type ResourceSettings,
  updateResource,
} from '../../src/profiles/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const now = new Date('2026-03-01T00:00:00Z');
const clock = new ManualClock(now);
let database: TestDatabase;
let first: number;
let second: number;

const size = { name: 'size', type: 'enum', options: ['S', 'M'], match: false } as const;
const code = { name: 'code', type: 'string', options: null, match: true } as const;

before(async () => {
  database = await createTestDatabase();
  first = (await createDatabase(database.db, clock, { name: 'first' })).id;
  second = (await createDatabase(database.db, clock, { name: 'second' })).id;
});
after(() => database.drop());

function refusal(code: number, field?: string): (fault: unknown) => boolean {
  return (fault) => {
    assert.ok(fault instanceof MusterError, String(fault));
    assert.deepEqual([fault.code, fault.field], [code, field]);
    return true;
  };
}

test('a resource is stored with all that belongs to it, and found by its databases', async () => {
  const { db } = database;
  const full = await createResource(db, clock, {
    name: ' Shop ',
    databaseIds: [second, first],
    channels: ['email', 'telegram_bot'],
    categories: ['News', 'Скидки'],
    fields: [size, code],
    senders: { email: 3, telegram_bot: 4 },
    policy: { caps: { per_day: 2 }, quiet_hours: { from: '22:00', to: '08:00' } },
  });
  assert.deepEqual(full, {
    id: full.id,
    name: 'Shop',
    databaseIds: [first, second],
    channels: ['email', 'telegram_bot'],
    categories: ['News', 'Скидки'],
    fields: [size, code],
    senders: { email: 3, telegram_bot: 4 },
    policy: { caps: { per_day: 2 }, quiet_hours: { from: '22:00', to: '08:00' } },
    createdAt: now,
  });
  const bare = await createResource(db, clock, { name: 'bare' });
  assert.deepEqual(bare, {
    id: bare.id,
    name: 'bare',
    databaseIds: [],
    channels: [],
    categories: [],
    fields: [],
    senders: {},
    policy: {},
    createdAt: now,
  });
  const other = await createResource(db, clock, { name: 'other', databaseIds: [second] });
  assert.deepEqual(await listResources(db, null), [full, bare, other]);
  assert.deepEqual(await listResources(db, first), [full]);
  assert.deepEqual(await listResources(db, second), [full, other]);
  assert.deepEqual(await listResources(db, 9_999), []);
  assert.deepEqual(await findResource(db, bare.id), bare);
  assert.equal(await findResource(db, 9_999), undefined);
});

test('what is given is changed, and the rest stays', async () => {
  const { db } = database;
  const made = await createResource(db, clock, {
    name: 'old',
    databaseIds: [first],
    channels: ['email', 'sms'],
    categories: ['a'],
    fields: [size],
    senders: { email: 1 },
  });
  const renamed = await updateResource(db, made.id, { name: ' new ' });
  assert.deepEqual(renamed, { ...made, name: 'new' });
  const moved = await updateResource(db, made.id, { databaseIds: [second], channels: ['sms'] });
  assert.deepEqual(moved, { ...renamed, databaseIds: [second], channels: ['sms'] });
  assert.deepEqual(await findResource(db, made.id), moved);
  const longer = { ...size, options: ['S', 'M', 'L'] };
  const emptied = await updateResource(db, made.id, {
    databaseIds: [],
    categories: [],
    fields: [code, longer],
    senders: {},
    policy: { caps: { per_week: 1 } },
  });
  assert.deepEqual(emptied, {
    ...moved,
    databaseIds: [],
    categories: [],
    fields: [code, longer],
    senders: {},
    policy: { caps: { per_week: 1 } },
  });
  assert.deepEqual(await findResource(db, made.id), emptied);
  await assert.rejects(updateResource(db, 9_999, { name: 'x' }), refusal(404));
});

test('two changes at once do not undo each other', async () => {
  const { db } = database;
  const { id } = await createResource(db, clock, { name: 'shared' });
  await Promise.all([
    updateResource(db, id, { categories: ['a'] }),
    updateResource(db, id, { channels: ['push'] }),
    updateResource(db, id, { databaseIds: [first] }),
  ]);
  const after = await findResource(db, id);
  assert.deepEqual([after?.categories, after?.channels, after?.databaseIds], [['a'], ['push'], [first]]);
});

const unusable: readonly (readonly [settings: Partial<ResourceSettings>, field: string])[] = [
  [{ name: '  ' }, 'name'],
  [{ name: 'x'.repeat(201) }, 'name'],
  [{ databaseIds: [9_999] }, 'databases[0]'],
  [{ channels: ['email', 'sms', 'email'] }, 'channels[2]'],
  [{ categories: ['a', ''] }, 'categories[1]'],
  [{ categories: ['a', 'b', 'a'] }, 'categories[2]'],
  [{ categories: ['x'.repeat(201)] }, 'categories[0]'],
  [{ categories: ['a\u0000'] }, 'categories[0]'],
  [{ categories: Array.from({ length: 501 }, String) }, 'categories'],
  [{ fields: [{ ...code, name: '1a' }] }, 'fields[0].name'],
  [{ fields: [code, { ...size, name: 'code' }] }, 'fields[1].name'],
  [{ fields: [{ ...code, options: ['a'] }] }, 'fields[0].options'],
  [{ fields: [code, { ...size, options: null }] }, 'fields[1].options'],
  [{ fields: [code, { ...size, options: [] }] }, 'fields[1].options'],
  [{ fields: [{ ...size, options: ['S', 'S'] }] }, 'fields[0].options[1]'],
  [{ fields: Array.from({ length: 101 }, (_, index) => ({ ...code, name: `f${index}` })) }, 'fields'],
  [{ policy: { caps: '\u0000' } }, 'policy'],
];

test('settings that are not usable are refused by their key', async () => {
  const { db } = database;
  const made = await createResource(db, clock, { name: 'stays', fields: [size] });
  const before = await sql`select count(*) as resources from resource`.execute(db);
  for (const [settings, field] of unusable) {
    const refused = refusal(400, field);
    await assert.rejects(createResource(db, clock, { name: 'x', ...settings }), refused, field);
    if (settings.fields === undefined)
      await assert.rejects(updateResource(db, made.id, settings), refused, field);
  }
  assert.deepEqual((await sql`select count(*) as resources from resource`.execute(db)).rows, before.rows);
  assert.deepEqual(await findResource(db, made.id), made);
});

test('fields that subscriptions may hold stay what they are', async () => {
  const { db } = database;
  const made = await createResource(db, clock, { name: 'fields', fields: [size, code] });
  const changes = [
    [[size], 'fields'],
    [[size, { ...code, type: 'int' }], 'fields[1].type'],
    [[size, { ...code, match: false }], 'fields[1].match'],
    [[code, { ...size, options: ['M', 'S'] }], 'fields[1].options'],
    [[code, { ...size, options: ['S'] }], 'fields[1].options'],
  ] as const;
  for (const [fields, field] of changes) {
    await assert.rejects(updateResource(db, made.id, { fields }), refusal(400, field), field);
  }
  assert.deepEqual(await findResource(db, made.id), made);
});
