import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { type Db, migrate, openDb } from '../../src/db/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const database: TestDatabase = await createTestDatabase();
const { db } = database;
const tables = await readTables();

beforeEach(async () => {
  await sql`drop schema public cascade`.execute(db);
  await sql`create schema public`.execute(db);
});
after(() => database.drop());

async function readTables(): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select tablename as name from pg_tables where schemaname = 'public' order by 1`.execute(db);
  return rows.map(({ name }) => name);
}

test('the first time every migration is applied in order, the second time none', async () => {
  const applied = await migrate(db);
  assert.deepEqual(applied, [...applied].sort());
  assert.ok(applied.length >= 4);
  assert.deepEqual(await readTables(), tables);
  assert.deepEqual(await migrate(db), []);
});

test('of two that start together one migrates and the other waits', async () => {
  const other: Db = openDb({ url: database.url, connections: 2, onIdleFault: () => {} });
  const both = await Promise.all([migrate(db), migrate(other)]);
  await other.destroy();
  assert.deepEqual(both.map((applied) => applied.length > 0).sort(), [false, true]);
  assert.deepEqual(await readTables(), tables);
});

test('the schema of a newer version is refused and left alone', async () => {
  await migrate(db);
  await sql`insert into kysely_migration (name, timestamp) values ('9999-tomorrow', '2030')`.execute(db);
  await assert.rejects(migrate(db), (fault) => {
    assert.ok(fault instanceof Error);
    assert.equal(fault.message, 'the database schema could not be migrated');
    assert.match(String(fault.cause), /9999-tomorrow/);
    return true;
  });
  assert.deepEqual(await readTables(), tables);
});

test('a migration that fails leaves nothing behind', async () => {
  // The name is taken by a table that another program has made.
  await sql`create table task (id integer)`.execute(db);
  await assert.rejects(migrate(db), /could not be migrated/);
  const { rows } = await sql`select count(*) as applied from kysely_migration`.execute(db);
  assert.deepEqual(rows, [{ applied: 0 }]);
  assert.deepEqual(await readTables(), ['kysely_migration', 'kysely_migration_lock', 'task']);
});
