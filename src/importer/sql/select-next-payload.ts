import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** The packed rows of a chunk that comes after the chunk `after` in that task; undefined = it was the last. */
export async function selectNextPayload(
  db: Db,
  taskId: string,
  after: number,
): Promise<{ id: number; payload: Buffer } | undefined> {
  const { rows } = await sql<{ id: number; payload: Buffer }>`
    select id, payload
      from import_chunk
     where task_id = ${taskId}::uuid and id > ${after}::bigint
     order by id
     limit 1
  `.execute(db);
  return rows[0];
}
