import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { SuppressionList } from '../suppression-list.ts';

/** Returns the id of the new list. */
export async function insertList(db: Db, list: Omit<SuppressionList, 'id'>): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into suppression_list (name, database_ids, created_at)
    values (${list.name}::text, ${list.databaseIds}::int[], ${list.createdAt}::timestamptz)
    returning id
  `.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('insert of a suppression list returned no row');
  return row.id;
}
