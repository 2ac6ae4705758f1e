import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export async function deleteCursor(tx: Db, id: number): Promise<void> {
  await sql`delete from hook_cursor where id = ${id}::int`.execute(tx);
}
