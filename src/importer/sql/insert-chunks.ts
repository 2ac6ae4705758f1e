import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface NewChunk {
  readonly lane: number;
  readonly rows: number;
  readonly payload: Buffer;
}

/** Stores the chunks of a task, in their order. One statement. */
export async function insertChunks(
  tx: Db,
  taskId: string,
  databaseId: number,
  chunks: readonly NewChunk[],
): Promise<void> {
  await sql`
    insert into import_chunk (task_id, database_id, lane, rows, payload)
    select ${taskId}::uuid, ${databaseId}::int, lane, rows, payload
      from unnest(${chunks.map((chunk) => chunk.lane)}::smallint[], ${chunks.map((chunk) => chunk.rows)}::int[],
                  ${chunks.map((chunk) => chunk.payload)}::bytea[]) with ordinality as c(lane, rows, payload, ord)
     order by ord
  `.execute(tx);
}
