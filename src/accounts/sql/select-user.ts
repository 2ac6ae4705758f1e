import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { toUser, type User, type UserRow } from './select-users.ts';

/** @param lock keeps others from changing it until the transaction of the caller ends. */
export async function selectUser(db: Db, id: number, lock = false): Promise<User | undefined> {
  const { rows } = await sql<UserRow>`
    select id, email, name, role, language, disabled_at, created_at, updated_at, last_login_at
    from user_account
    where id = ${id}::integer
    ${lock ? sql`for update` : sql``}
  `.execute(db);
  const row = rows[0];
  return row === undefined ? undefined : toUser(row);
}
