import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface ListedChunk {
  readonly id: number;
  readonly lane: number;
  readonly kind: 'waiting' | 'cancelled' | 'settled';
}

/** The chunks of a task in their order, without what they hold. */
export async function selectChunkList(db: Db, taskId: string): Promise<ListedChunk[]> {
  const { rows } = await sql<ListedChunk>`
    select id, lane,
           case when settled_at is null then 'waiting' when result is null then 'cancelled' else 'settled' end as kind
      from import_chunk
     where task_id = ${taskId}::uuid
     order by id
  `.execute(db);
  return rows;
}
