import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Notes that a session is in use, and moves its end. */
export async function touchSession(
  db: Db,
  { tokenHash, now, expiresAt }: { tokenHash: Buffer; now: Date; expiresAt: Date },
): Promise<void> {
  await sql`
    update user_session
    set last_seen_at = ${now}::timestamptz, expires_at = ${expiresAt}::timestamptz
    where token_hash = ${tokenHash}::bytea
  `.execute(db);
}
