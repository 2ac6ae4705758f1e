import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export async function insertUpload(db: Db, id: string, now: Date): Promise<void> {
  await sql`
    insert into file_upload (id, started_at) values (${id}::uuid, ${now}::timestamptz)
  `.execute(db);
}
