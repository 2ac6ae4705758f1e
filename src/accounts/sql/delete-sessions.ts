import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Ends the sessions of a user, but the one of the hash `keep`. */
export async function deleteSessions(db: Db, userId: number, keep: Buffer | null): Promise<void> {
  await sql`
    delete from user_session
    where user_id = ${userId}::integer and token_hash is distinct from ${keep}::bytea
  `.execute(db);
}
