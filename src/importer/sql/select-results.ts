import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** A settled chunk: its packed results, or its packed rows where it was cancelled. */
export interface SettledChunk {
  readonly rows: number;
  readonly payload: Buffer | null;
  readonly result: Buffer | null;
}

export async function selectResults(db: Db, taskId: string): Promise<SettledChunk[]> {
  const { rows } = await sql<SettledChunk>`
    select rows, result, case when result is null then payload end as payload
      from import_chunk
     where task_id = ${taskId}::uuid and settled_at is not null
     order by id
  `.execute(db);
  return rows;
}
