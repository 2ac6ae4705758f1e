import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** How many unfinished tasks were accepted before this one. Reads their partial index alone. */
export async function countTasksBefore(db: Db, task: { id: string; acceptedAt: Date }): Promise<number> {
  const { rows } = await sql<{ before: number }>`
    select count(*) as before
      from task
     where finished_at is null
       and (accepted_at, id) < (${task.acceptedAt}::timestamptz, ${task.id}::uuid)
  `.execute(db);
  return rows[0]?.before ?? 0;
}
