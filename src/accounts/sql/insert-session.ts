import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export async function insertSession(
  db: Db,
  session: {
    tokenHash: Buffer;
    userId: number;
    csrfToken: string;
    now: Date;
    expiresAt: Date;
    ip: string;
    userAgent: string;
  },
): Promise<void> {
  await sql`
    insert into user_session (
      token_hash, user_id, csrf_token, created_at, expires_at, last_seen_at, ip, user_agent
    ) values (
      ${session.tokenHash}::bytea, ${session.userId}::integer, ${session.csrfToken}::text,
      ${session.now}::timestamptz, ${session.expiresAt}::timestamptz, ${session.now}::timestamptz,
      ${session.ip}::text, ${session.userAgent}::text
    )
  `.execute(db);
}
