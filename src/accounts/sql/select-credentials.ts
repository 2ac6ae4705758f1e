import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** The user of an e-mail, however its letters are written, with the hash of the password. */
export async function selectCredentials(
  db: Db,
  email: string,
): Promise<{ id: number; name: string; passwordHash: string; isDisabled: boolean } | undefined> {
  const { rows } = await sql<{ id: number; name: string; password_hash: string; is_disabled: boolean }>`
    select id, name, password_hash, disabled_at is not null as is_disabled
    from user_account
    where lower(email) = lower(${email}::text)
  `.execute(db);
  const row = rows[0];
  if (row === undefined) return undefined;
  return { id: row.id, name: row.name, passwordHash: row.password_hash, isDisabled: row.is_disabled };
}
