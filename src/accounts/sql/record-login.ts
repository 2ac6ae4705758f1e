import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { toUser, type User, type UserRow } from './select-users.ts';

/**
 * Notes a log-in, and locks the user until the session is stored.
 * @returns undefined when the user was disabled, deleted or given another password since `passwordHash` was read.
 */
export async function recordLogin(
  tx: Db,
  login: { id: number; passwordHash: string; now: Date },
): Promise<User | undefined> {
  const { rows } = await sql<UserRow>`
    update user_account
    set last_login_at = ${login.now}::timestamptz
    where id = ${login.id}::integer and disabled_at is null and password_hash = ${login.passwordHash}::text
    returning id, email, name, role, language, disabled_at, created_at, updated_at, last_login_at
  `.execute(tx);
  const row = rows[0];
  return row === undefined ? undefined : toUser(row);
}
