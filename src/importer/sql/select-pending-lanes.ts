import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** The lanes in which the task has chunks that are not settled. */
export async function selectPendingLanes(db: Db, taskId: string): Promise<number[]> {
  const { rows } = await sql<{ lane: number }>`
    select distinct lane
      from import_chunk
     where task_id = ${taskId}::uuid and settled_at is null
  `.execute(db);
  return rows.map((row) => row.lane);
}
