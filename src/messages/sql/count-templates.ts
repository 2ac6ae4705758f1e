import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Those for any database and those of the given ones; null = all. */
export async function countTemplates(db: Db, databaseIds: readonly number[] | null): Promise<number> {
  const { rows } = await sql<{ total: number }>`
    select count(*)::int as total from template t
     where ${databaseIds}::int[] is null or t.database_id is null or t.database_id = any (${databaseIds}::int[])
  `.execute(db);
  return rows[0]?.total ?? 0;
}
