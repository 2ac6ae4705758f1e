import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** The packed results of a task's settled chunks. */
export async function selectResults(db: Db, taskId: string): Promise<Buffer[]> {
  const { rows } = await sql<{ result: Buffer }>`
    select result from import_chunk where task_id = ${taskId}::uuid and result is not null order by id
  `.execute(db);
  return rows.map((row) => row.result);
}
