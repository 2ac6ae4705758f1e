import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { slotOf } from '../../src/base/index.ts';
import { migrate } from '../../src/db/index.ts';
import { accounts } from '../../src/db/migrations/0001-accounts.ts';
import { profiles } from '../../src/db/migrations/0002-profiles.ts';
import { workflows } from '../../src/db/migrations/0003-workflows.ts';
import { imports } from '../../src/db/migrations/0004-imports.ts';
import { loadShape, matchKeyOfField } from '../../src/profiles/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;

/** A database as the first version has left it: numbers found by their digits, a task that waits. */
before(async () => {
  database = await createTestDatabase();
  const { db } = database;
  await sql`drop schema public cascade`.execute(db);
  await sql`create schema public`.execute(db);
  const statements = {
    '0001-accounts': accounts,
    '0002-profiles': profiles,
    '0003-workflows': workflows,
    '0004-imports': imports,
  };
  const entries = Object.entries(statements).map(([name, text]) => [
    name,
    { up: async (to: Parameters<typeof migrate>[0]) => void (await sql.raw(text).execute(to)) },
  ]);
  const provider = { getMigrations: async () => Object.fromEntries(entries) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  assert.equal(error, undefined);
  await sql
    .raw(`
    insert into database (name, unknown_fields, phone_country, sex_numbers, created_at)
    values ('d', 'reject', 'RU', '0/1', now());
    insert into import_lane (database_id, lane, due_at) select 1, lane, now() from generate_series(0, 15) lane;
    insert into field (database_id, name, type, match, created_at) values
      (1, 'points', 'float', true, now()), (1, 'card', 'string', true, now());
    insert into identity (slot, database_id, kind, value, profile_id) values
      (0, 1, 101, '7', 'p1'), (0, 1, 101, '-1.5', 'p2'), (0, 1, 101, '0', 'p3'), (9, 1, 102, '7', 'p1'),
      (8, 1, 1, 'a@x.ru', 'p1');
    insert into task (id, kind, database_id, envelope, total, chunks_left, accepted_at, expires_at)
    select v.id::uuid, 'k', 1, v.envelope::jsonb, 1, 1, now(), now()
      from (values
        ('00000000-0000-0000-0000-000000000001', '{"matching": "custom", "fieldName": "card", "rootValue": 5}'),
        ('00000000-0000-0000-0000-000000000002', '{"matching": "email_profile", "fieldName": null, "rootValue": null}')
      ) v (id, envelope);
  `)
    .execute(db);
  await migrate(db);
});
after(() => database.drop());

test('numbers are found by texts that sort, in the slots of these', async () => {
  const { db } = database;
  const { rows } = await sql<{ slot: number; value: string; profile_id: string }>`
    select slot, value, profile_id from identity where kind = 101 order by value collate "C"`.execute(db);
  assert.deepEqual(
    rows.map(({ profile_id }) => profile_id),
    ['p2', 'p3', 'p1'],
  );
  const shape = await loadShape(db, 1);
  const field = shape.fields.get('points');
  assert.ok(field !== undefined);
  for (const [index, number] of [-1.5, 0, 7].entries()) {
    const key = matchKeyOfField(shape, field, number);
    assert.equal(rows[index]?.value, key.ok && key.value.lane);
    assert.equal(rows[index]?.slot, slotOf(rows[index]?.value ?? ''));
  }
  const others = await sql`select slot, value from identity where kind <> 101 order by slot`.execute(db);
  assert.deepEqual(others.rows, [
    { slot: 8, value: 'a@x.ru' },
    { slot: 9, value: '7' },
  ]);
});

test('a task that waits is read by today’s importer, and has a lane for every row', async () => {
  const { db } = database;
  const { rows } = await sql<{ envelope: unknown }>`select envelope from task order by id`.execute(db);
  const common = {
    ...{ items: 'wrapped', missing: 'create', resourceId: null, detectGeo: false, skipTriggers: false },
    ...{ skipInvalidSubscriptions: false, addToSegments: [], removeFromSegments: [] },
  };
  assert.deepEqual(
    rows.map(({ envelope }) => envelope),
    [
      { ...common, matching: 'custom', fieldName: 'card', rootValues: { field_value: 5 } },
      { ...common, matching: 'email_profile', fieldName: null, rootValues: {} },
    ],
  );
  const lanes = await sql<{ n: number }>`select count(*) as n from import_lane`.execute(db);
  assert.deepEqual(lanes.rows, [{ n: 17 }]);
});
