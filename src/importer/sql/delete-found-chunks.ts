import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Deletes the chunks of an audience that was not found to its end: all of the task but the one that stands for it. */
export async function deleteFoundChunks(tx: Db, taskId: string, audienceChunkId: number): Promise<void> {
  await sql`
    delete from import_chunk where task_id = ${taskId}::uuid and id <> ${audienceChunkId}::bigint
  `.execute(tx);
}
