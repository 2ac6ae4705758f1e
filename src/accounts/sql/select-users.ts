import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { type Role, roleOf } from '../roles.ts';

export const languages = ['en', 'ru'] as const;
export type Language = (typeof languages)[number];

/** A person who logs in, without the password. */
export interface User {
  readonly id: number;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  /** Null = as the browser asks. */
  readonly language: Language | null;
  readonly disabledAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly lastLoginAt: Date | null;
}

export interface UserRow {
  id: number;
  email: string;
  name: string;
  role: string;
  language: string | null;
  disabled_at: Date | null;
  created_at: Date;
  updated_at: Date;
  last_login_at: Date | null;
}

export function toUser(row: UserRow): User {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: roleOf(row.role),
    language: languages.find((known) => known === row.language) ?? null,
    disabledAt: row.disabled_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    lastLoginAt: row.last_login_at,
  };
}

/** All users, by id. */
export async function selectUsers(db: Db): Promise<User[]> {
  const { rows } = await sql<UserRow>`
    select id, email, name, role, language, disabled_at, created_at, updated_at, last_login_at
    from user_account
    order by id
  `.execute(db);
  return rows.map(toUser);
}
