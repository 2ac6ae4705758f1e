import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { CopyRows, copyRows, withTx, withTxOrRefusal } from '../../src/db/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const COLUMNS = 'small, whole, big, name, document, at, key';
const COPY = `copy copied (${COLUMNS}) from stdin (format binary)`;

let database: TestDatabase;
before(async () => {
  database = await createTestDatabase();
  await sql`create table copied (small smallint, whole integer, big bigint, name text, document jsonb, at timestamptz,
              key uuid)`.execute(database.db);
});
after(() => database.drop());

test('values of every type arrive as they are, and null as null', async () => {
  const rows = new CopyRows();
  const at = new Date('1969-07-20T20:17:40.123Z');
  const document = { quotes: '"\'\\', lines: 'a\nb\tc', letters: 'Ж€😀', list: [1, null, { a: true }] };
  const key = '0f7c7a55-4c0f-4e5c-a3e7-55d0c8dd62a7';
  rows.row(7);
  rows.smallint(-3);
  rows.integer(2_000_000_000);
  rows.bigint(9_007_199_254_740_991);
  rows.text('Ж€😀\\N\t"\n');
  rows.jsonb(document);
  rows.timestamptz(at);
  rows.uuid(key);
  rows.row(7);
  rows.smallint(0);
  rows.integer(null);
  rows.bigint(null);
  rows.text(null);
  rows.jsonb(null);
  rows.timestamptz(null);
  rows.uuid(null);
  await withTx(database.db, (tx) => copyRows(tx, COPY, rows));
  const { rows: found } = await sql`select * from copied order by small`.execute(database.db);
  const nothing = { whole: null, big: null, name: null, document: null, at: null, key: null };
  assert.deepEqual(found, [
    {
      ...{ small: -3, whole: 2_000_000_000, big: 9_007_199_254_740_991, name: 'Ж€😀\\N\t"\n' },
      ...{ document, at, key },
    },
    { small: 0, ...nothing },
  ]);
});

test('rows that outgrow the first piece of memory are all there', async () => {
  await sql`truncate copied`.execute(database.db);
  const rows = new CopyRows();
  const long = 'ä'.repeat(40_000);
  for (let n = 0; n < 50; n += 1) {
    rows.row(7);
    rows.smallint(n);
    rows.integer(n);
    rows.bigint(n);
    rows.text(long);
    rows.jsonb([long]);
    rows.timestamptz(new Date(0));
    rows.uuid(null);
  }
  await withTx(database.db, (tx) => copyRows(tx, COPY, rows));
  const { rows: found } = await sql<{ rows: number; whole: boolean }>`
    select count(*)::int as rows, bool_and(name = ${long} and document = ${JSON.stringify([long])}::jsonb) as whole
      from copied`.execute(database.db);
  assert.deepEqual(found, [{ rows: 50, whole: true }]);
});

test('no rows are no statement; what PostgreSQL refuses is a refusal, and the connection goes on', async () => {
  await sql`truncate copied`.execute(database.db);
  await copyRows(database.db, 'copy nowhere from stdin (format binary)', new CopyRows());
  const refused = await withTxOrRefusal(database.db, async (tx) => {
    const rows = new CopyRows();
    rows.row(7);
    rows.smallint(1);
    rows.integer(1);
    rows.bigint(1);
    rows.text('\0');
    rows.jsonb({});
    rows.timestamptz(null);
    rows.uuid(null);
    await copyRows(tx, COPY, rows);
  });
  assert.deepEqual([refused.ok, refused.ok ? '' : refused.error.sqlState], [false, '22021']);
  const { rows } = await sql`select * from copied`.execute(database.db);
  assert.deepEqual(rows, []);
});
