import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Keeps a list from being deleted until the caller's transaction ends. False = there is none. */
export async function keepList(tx: Db, id: number): Promise<boolean> {
  const { rows } = await sql`
    select from suppression_list where id = ${id}::int for key share
  `.execute(tx);
  return rows.length > 0;
}
