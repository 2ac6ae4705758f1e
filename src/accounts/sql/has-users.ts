import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Whether there is a user at all, disabled ones too. */
export async function hasUsers(db: Db): Promise<boolean> {
  const { rows } = await sql`select from user_account limit 1`.execute(db);
  return rows.length > 0;
}
