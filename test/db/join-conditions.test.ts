import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { joinConditions } from '../../src/db/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;

before(async () => {
  database = await createTestDatabase();
});
after(() => database.drop());

async function numbers(from?: number, to?: number): Promise<number[]> {
  const where = joinConditions([
    from === undefined ? undefined : sql`n >= ${from}::int`,
    to === undefined ? undefined : sql`n <= ${to}::int`,
  ]);
  const { rows } = await sql<{ n: number }>`
    select n from generate_series(1, 5) n where ${where} order by n`.execute(database.db);
  return rows.map(({ n }) => n);
}

test('only what is asked for is asked, and nothing is asked of all', async () => {
  assert.deepEqual(await numbers(), [1, 2, 3, 4, 5]);
  assert.deepEqual(await numbers(4), [4, 5]);
  assert.deepEqual(await numbers(undefined, 2), [1, 2]);
  assert.deepEqual(await numbers(2, 3), [2, 3]);
});
