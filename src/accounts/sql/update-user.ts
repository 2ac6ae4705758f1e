import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Role } from '../roles.ts';
import { type Language, toUser, type User, type UserRow } from './select-users.ts';

/** What is absent stays. */
export interface UserChange {
  readonly name?: string | undefined;
  readonly role?: Role | undefined;
  readonly language?: Language | null | undefined;
  readonly disabled?: boolean | undefined;
  readonly passwordHash?: string | undefined;
}

/** What is absent stays; one that is disabled already keeps its time. */
export async function updateUser(
  db: Db,
  id: number,
  change: UserChange,
  now: Date,
): Promise<User | undefined> {
  const { name = null, role = null, language, disabled = null, passwordHash = null } = change;
  const { rows } = await sql<UserRow>`
    update user_account
    set name = coalesce(${name}::text, name),
        role = coalesce(${role}::text, role),
        language = case when ${language !== undefined}::boolean then ${language ?? null}::text else language end,
        disabled_at = case ${disabled}::boolean
          when true then coalesce(disabled_at, ${now}::timestamptz) when false then null else disabled_at
        end,
        password_hash = coalesce(${passwordHash}::text, password_hash),
        updated_at = ${now}::timestamptz
    where id = ${id}::integer
    returning id, email, name, role, language, disabled_at, created_at, updated_at, last_login_at
  `.execute(db);
  const row = rows[0];
  return row === undefined ? undefined : toUser(row);
}
