import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export async function deleteSession(db: Db, tokenHash: Buffer): Promise<void> {
  await sql`delete from user_session where token_hash = ${tokenHash}::bytea`.execute(db);
}
