import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { toUser, type User, type UserRow } from './select-users.ts';

export interface StoredSession {
  readonly user: User;
  readonly csrfToken: string;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
}

interface Row extends UserRow {
  csrf_token: string;
  session_created_at: Date;
  last_seen_at: Date;
}

/** The session of that hash which has not expired, of a user who is not disabled. */
export async function selectSession(
  db: Db,
  tokenHash: Buffer,
  now: Date,
): Promise<StoredSession | undefined> {
  const { rows } = await sql<Row>`
    select u.id, u.email, u.name, u.role, u.language, u.disabled_at, u.created_at, u.updated_at,
           u.last_login_at, s.csrf_token, s.created_at as session_created_at, s.last_seen_at
    from user_session s
    join user_account u on u.id = s.user_id
    where s.token_hash = ${tokenHash}::bytea and s.expires_at > ${now}::timestamptz and u.disabled_at is null
  `.execute(db);
  const row = rows[0];
  if (row === undefined) return undefined;
  return {
    user: toUser(row),
    csrfToken: row.csrf_token,
    createdAt: row.session_created_at,
    lastSeenAt: row.last_seen_at,
  };
}
