import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface NewChunk {
  readonly lane: number;
  readonly rows: number;
  readonly payload: Buffer;
}

/** Stores the chunks of a task, in their order. One statement. Nobody works on them while they are held. */
export async function insertChunks(
  tx: Db,
  taskId: string,
  databaseId: number,
  chunks: readonly NewChunk[],
  isHeld = false,
): Promise<void> {
  await sql`
    insert into import_chunk (task_id, database_id, lane, rows, payload, is_held)
    select ${taskId}::uuid, ${databaseId}::int, lane, rows, payload, ${isHeld}::boolean
      from unnest(${chunks.map((chunk) => chunk.lane)}::smallint[], ${chunks.map((chunk) => chunk.rows)}::int[],
                  ${chunks.map((chunk) => chunk.payload)}::bytea[]) with ordinality as c(lane, rows, payload, ord)
     order by ord
  `.execute(tx);
}
