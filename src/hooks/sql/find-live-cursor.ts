import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Cursor } from '../cursor.ts';

/** The next event that a hook takes; undefined = there is no such hook. */
export async function findLiveCursor(db: Db, hookId: number): Promise<Cursor | undefined> {
  const { rows } = await sql<Cursor>`
    select next_position as position, next_index as index
      from hook_cursor
     where hook_id = ${hookId}::int and end_position is null
  `.execute(db);
  return rows[0];
}
