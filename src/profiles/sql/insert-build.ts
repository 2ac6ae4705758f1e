import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { type BuildOrder, firstTable } from '../field-builds.ts';

/** A new build, which waits for the transactions that are open now. */
export async function insertBuild(
  tx: Db,
  databaseId: number,
  fieldId: number | null,
  order: BuildOrder,
  now: Date,
): Promise<void> {
  await sql`
    insert into field_build (database_id, field_id, what, state, fault, cursor_table, declared_at,
                             due_at)
    values (${databaseId}::int, ${fieldId}::int, ${order.what}::text, ${order.state}::text, ${order.fault}::text,
            ${firstTable(order)}::text, ${now}::timestamptz, ${now}::timestamptz)
  `.execute(tx);
}
