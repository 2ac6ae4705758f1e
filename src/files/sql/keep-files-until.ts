import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Counts the files as needed until `moment`, which may lie in the future: for runs that wait for long before they send
 * them. Never brings a file's end nearer. Ids of no file do nothing.
 */
export async function keepFilesUntil(db: Db, fileIds: readonly string[], moment: Date): Promise<void> {
  await sql`
    update file set used_at = ${moment}::timestamptz
     where id = any (${[...fileIds]}::uuid[]) and used_at < ${moment}::timestamptz
  `.execute(db);
}
