import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Deletes a task whose rows do not all come, with its chunks and what its runs would have shared. */
export async function deleteOpenTask(db: Db, taskId: string): Promise<void> {
  await sql`
    with gone as (
      delete from task where id = ${taskId}::uuid and is_open returning context_id
    )
    delete from run_context using gone where run_context.id = gone.context_id
  `.execute(db);
}
