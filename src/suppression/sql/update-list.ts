import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { SuppressionList } from '../suppression-list.ts';

export async function updateListRow(tx: Db, list: SuppressionList): Promise<void> {
  await sql`
    update suppression_list
       set name = ${list.name}::text, database_ids = ${list.databaseIds}::int[]
     where id = ${list.id}::int
  `.execute(tx);
}
