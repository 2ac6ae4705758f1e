import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * The tasks that try failed items of that one again, the first made first. No index answers this: it is asked only when
 * items are to be tried again, of a table of some thousand rows.
 */
export async function selectChildren(db: Db, parentId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from task where parent_id = ${parentId}::uuid order by accepted_at, id
  `.execute(db);
  return rows.map((row) => row.id);
}
