import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export async function deleteSegmentRow(tx: Db, id: number): Promise<void> {
  await sql`delete from segment where id = ${id}::int`.execute(tx);
}
