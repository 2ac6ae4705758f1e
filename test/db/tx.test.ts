import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import {
  type Db,
  openDb,
  sqlState,
  withSavepointOrRefusal,
  withStatementLimit,
  withTx,
  withTxOrRefusal,
} from '../../src/db/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;

before(async () => {
  database = await createTestDatabase();
  await sql`create table account (name text primary key, sum integer not null)`.execute(database.db);
});
beforeEach(async () => {
  await sql`truncate account`.execute(database.db);
  await sql`insert into account values ('a', 0), ('b', 0)`.execute(database.db);
});
after(() => database.drop());

async function readSums(): Promise<Record<string, number>> {
  const { rows } = await sql<{
    name: string;
    sum: number;
  }>`select name, sum from account order by name`.execute(database.db);
  return Object.fromEntries(rows.map(({ name, sum }) => [name, sum]));
}

function add(tx: Db, name: string, sum: number): Promise<unknown> {
  return sql`update account set sum = sum + ${sum}::int where name = ${name}::text`.execute(tx);
}

/** Raises a fault with that SQLSTATE. */
function raise(tx: Db, state: string): Promise<unknown> {
  return sql`do ${sql.lit(`begin raise exception 'on purpose' using errcode = '${state}'; end`)}`.execute(tx);
}

test('of two transactions in a deadlock one is repeated, and both take effect once', async () => {
  const { db } = database;
  let attempts = 0;
  // Both hold their first row before either asks for its second.
  const arrived = Promise.withResolvers<void>();
  const arrive = async (): Promise<void> => {
    attempts += 1;
    if (attempts === 2) arrived.resolve();
    await arrived.promise;
  };
  const move = (first: string, second: string): Promise<void> =>
    withTx(db, async (tx) => {
      await add(tx, first, -1);
      await arrive();
      await add(tx, second, 10);
    });
  await Promise.all([move('a', 'b'), move('b', 'a')]);
  assert.equal(attempts, 3);
  assert.deepEqual(await readSums(), { a: 9, b: 9 });
});

test('a serialization failure is tried five times, and then passed on', async () => {
  let attempts = 0;
  const work = async (tx: Db): Promise<void> => {
    attempts += 1;
    await add(tx, 'a', 1);
    await raise(tx, '40001');
  };
  await assert.rejects(withTx(database.db, work), (fault) => sqlState(fault) === '40001');
  assert.equal(attempts, 5);
  assert.deepEqual(await readSums(), { a: 0, b: 0 });
});

test('any other fault rolls back and is passed on at once', async () => {
  let attempts = 0;
  const bug = new Error('a bug');
  const work = async (tx: Db): Promise<void> => {
    attempts += 1;
    await add(tx, 'a', 1);
    throw bug;
  };
  await assert.rejects(withTx(database.db, work), bug);
  assert.equal(attempts, 1);
  assert.deepEqual(await readSums(), { a: 0, b: 0 });
  assert.equal(sqlState(bug), undefined);
  assert.equal(await withTx(database.db, async (tx) => add(tx, 'a', 1).then(() => 'done')), 'done');
  assert.deepEqual(await readSums(), { a: 1, b: 0 });
});

test('a refusal of data is a value; a fault of another class stays an exception', async () => {
  const { db } = database;
  for (const state of ['22003', '23505', '54000']) {
    const outcome = await withTxOrRefusal(db, async (tx) => {
      await add(tx, 'a', 1);
      await raise(tx, state);
    });
    assert.deepEqual(outcome, { ok: false, error: { sqlState: state, message: 'on purpose' } });
  }
  await assert.rejects(
    withTxOrRefusal(db, (tx) => raise(tx, '42P01')),
    { code: '42P01' },
  );
  assert.deepEqual(await readSums(), { a: 0, b: 0 });
  assert.deepEqual(await withTxOrRefusal(db, async () => 'fine'), { ok: true, value: 'fine' });
});

test('behind a savepoint a refusal undoes its part alone', async () => {
  await withTx(database.db, async (tx) => {
    await add(tx, 'a', 1);
    const refused = await withSavepointOrRefusal(tx, async () => {
      await add(tx, 'a', 100);
      await sql`insert into account values ('b', 0)`.execute(tx);
    });
    assert.equal(refused.ok ? undefined : refused.error.sqlState, '23505');
    const taken = await withSavepointOrRefusal(tx, async () => {
      await add(tx, 'b', 2);
      return 'fine';
    });
    assert.deepEqual(taken, { ok: true, value: 'fine' });
  });
  assert.deepEqual(await readSums(), { a: 1, b: 2 });
});

test('counts arrive as numbers', async () => {
  const { rows } = await sql`select count(*) as few, 9007199254740991::int8 as many`.execute(database.db);
  assert.deepEqual(rows, [{ few: 1, many: 9007199254740991 }]);
});

test('a connection that breaks while nobody uses it is reported and replaced', async () => {
  const broken = Promise.withResolvers<Error>();
  const db = openDb({ url: database.url, connections: 1, onIdleFault: broken.resolve });
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db);
  await sql`select pg_terminate_backend(${rows[0]?.pid}::int)`.execute(database.db);
  assert.ok((await broken.promise) instanceof Error);
  await sql`select 1`.execute(db);
  await db.destroy();
});

test('a statement that takes longer than it may is undone, what stood before it stays', async () => {
  const counted = await withTx(database.db, async (tx) => {
    await sql`create table limited (n int)`.execute(tx);
    await sql`insert into limited values (1)`.execute(tx);
    const slow = await withStatementLimit(tx, 20, async () => {
      await sql`insert into limited values (2)`.execute(tx);
      await sql`select count(*) from generate_series(1, 1000000000)`.execute(tx);
    });
    assert.deepEqual(slow, { ok: false, error: 'too slow' });
    const quick = await withStatementLimit(tx, 10_000, () => sql`insert into limited values (3)`.execute(tx));
    assert.ok(quick.ok);
    return sql<{
      n: number;
    }>`select n, current_setting('statement_timeout') as limit from limited order by n`.execute(tx);
  });
  assert.deepEqual(counted.rows, [
    { n: 1, limit: '0' },
    { n: 3, limit: '0' },
  ]);
  await assert.rejects(
    withStatementLimit(database.db, 10_000, () => sql`select 1 / 0`.execute(database.db)),
    (fault) => sqlState(fault) === '22012',
  );
});
