import type pg from 'pg';
import { slotOf } from '../../src/base/index.ts';
import { emailOf } from './batch-body.ts';
import type { BenchDatabase } from './workflows.ts';

/** Rows of one statement: a transaction of a minute at most, and sorts that fit on the disk. */
const PIECE = 250_000;

/** `crc32` of PostgreSQL 18 is that of zlib, which the server deals slots by. @throws {Error} when it is not. */
async function checkSlots(sql: pg.Client): Promise<void> {
  const value = emailOf(1);
  const { rows } = await sql.query<{ slot: number }>(
    `select (crc32(convert_to($1, 'UTF8')) % 64)::int as slot`,
    [value],
  );
  if (rows[0]?.slot !== slotOf(value)) throw new Error('the slots of SQL are not those of the server');
}

/** SQL: the slot of a text. */
export function slotSql(text: string): string {
  return `(crc32(convert_to(${text}, 'UTF8')) % 64)::smallint`;
}

/** SQL: a profile's id by its number. Of the year 2023, so that what the server makes is newer, as it would be. */
export function profileIdSql(number: string): string {
  return `'65000000be9cbe9cbe' || lpad(to_hex(${number}), 6, '0')`;
}

const ID = profileIdSql('n');
const VALUES = {
  email: `'customer.' || n || '@example.com'`,
  phone: `'+7' || (9000000000 + n)`,
  customerNo: `'C-' || lpad(n::text, 8, '0')`,
} as const;

function identities(value: string, kind: number, databaseId: number): string {
  return `select ${slotSql(value)}, ${databaseId}, ${kind}, ${value}, ${ID}, 0 from generate_series($1::int, $2::int) n`;
}

/**
 * Stores the customers of these numbers, just as imports of `printBatch` would have left them, with all their
 * identities: minutes instead of hours for millions. In the order of the keys, so that the trees grow at their ends.
 */
export async function fillProfiles(
  sql: pg.Client,
  database: BenchDatabase,
  { from, count }: { from: number; count: number },
  signal: AbortSignal,
): Promise<void> {
  await checkSlots(sql);
  const { id, customerKind } = database;
  for (let first = from; first < from + count; first += PIECE) {
    signal.throwIfAborted();
    const range = [first, Math.min(first + PIECE, from + count) - 1];
    await sql.query(
      `insert into profile (slot, database_id, id, fields, subscriptions, created_at, updated_at)
       select ${slotSql(ID)}, ${id}, ${ID},
              jsonb_build_object('email', ${VALUES.email}, 'phones', jsonb_build_array(${VALUES.phone}),
                                 '_fname', 'Иван', '_lname', 'Lambert', '_city', 'Казань',
                                 'customer_no', ${VALUES.customerNo}, 'visits', 1),
              '[]', now(), now()
         from generate_series($1::int, $2::int) n
        order by 1, 3`,
      range,
    );
    await sql.query(
      `insert into identity (slot, database_id, kind, value, profile_id, resource_id)
       ${identities(VALUES.email, 1, id)} union all
       ${identities(VALUES.phone, 2, id)} union all
       ${identities(VALUES.customerNo, customerKind, id)}
        order by 1, 3, 4`,
      range,
    );
  }
  await settleTables(sql, ['profile', 'identity']);
}

/** What a server that has run for a while has behind it: statistics, a visibility map, and clean buffers. */
export async function settleTables(sql: pg.Client, tables: readonly string[]): Promise<void> {
  await sql.query(`vacuum (analyze) ${tables.join(', ')}`);
  await sql.query('checkpoint');
}
