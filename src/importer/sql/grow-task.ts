import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Adds rows that were found or have come in later, with the chunks that hold them. */
export async function growTask(
  tx: Db,
  taskId: string,
  { total, chunks }: { total: number; chunks: number },
): Promise<void> {
  await sql`
    update task
       set total = total + ${total}::int, chunks_left = chunks_left + ${chunks}::int
     where id = ${taskId}::uuid
  `.execute(tx);
}
