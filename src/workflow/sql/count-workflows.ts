import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export async function countWorkflows(db: Db, databaseIds: readonly number[] | null): Promise<number> {
  const { rows } = await sql<{ total: number }>`
    select count(*) as total
    from workflow w
    where ${databaseIds}::int[] is null or w.database_id = any(${databaseIds}::int[])`.execute(db);
  return rows[0]?.total ?? 0;
}
