import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Adds rows that have streamed in, and says that more are still to come: `expiresAt` is when the stream counts as
 * broken off if nothing is heard of it.
 * @returns false when the task is not open any more.
 */
export async function growOpenTask(
  tx: Db,
  taskId: string,
  { rows: total, chunks, expiresAt }: { rows: number; chunks: number; expiresAt: Date },
): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    update task
       set total = total + ${total}::int, chunks_left = chunks_left + ${chunks}::int,
           expires_at = ${expiresAt}::timestamptz
     where id = ${taskId}::uuid and is_open and cancelled_at is null and finished_at is null
    returning id
  `.execute(tx);
  return rows.length > 0;
}
