import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * The last row has come: from now on the task is one that was accepted at `acceptedAt`.
 * @returns how many rows it has; undefined when it is not open any more.
 */
export async function closeOpenTask(
  tx: Db,
  taskId: string,
  { acceptedAt, expiresAt }: { acceptedAt: Date; expiresAt: Date },
): Promise<number | undefined> {
  const { rows } = await sql<{ total: number }>`
    update task
       set is_open = false, accepted_at = ${acceptedAt}::timestamptz, expires_at = ${expiresAt}::timestamptz
     where id = ${taskId}::uuid and is_open and cancelled_at is null and finished_at is null
    returning total
  `.execute(tx);
  return rows[0]?.total;
}
