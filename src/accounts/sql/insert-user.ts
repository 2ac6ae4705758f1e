import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { Role } from '../roles.ts';
import { type Language, toUser, type User, type UserRow } from './select-users.ts';

/** What is given to make a user. */
export interface NewUser {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly language: Language | null;
  readonly passwordHash: string;
  readonly now: Date;
}

/** @returns undefined when the e-mail is taken. */
export async function insertUser(db: Db, user: NewUser): Promise<User | undefined> {
  const { rows } = await sql<UserRow>`
    insert into user_account (email, name, role, password_hash, language, created_at, updated_at)
    values (
      ${user.email}::text, ${user.name}::text, ${user.role}::text, ${user.passwordHash}::text,
      ${user.language}::text, ${user.now}::timestamptz, ${user.now}::timestamptz
    )
    on conflict (lower(email)) do nothing
    returning id, email, name, role, language, disabled_at, created_at, updated_at, last_login_at
  `.execute(db);
  const row = rows[0];
  return row === undefined ? undefined : toUser(row);
}
