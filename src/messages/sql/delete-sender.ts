import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export async function deleteSenderRow(tx: Db, id: number): Promise<void> {
  await sql`delete from sender where id = ${id}::int`.execute(tx);
}
