import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Gives the held chunks of a task to the importer. They get new numbers in their order, since lanes are worked off by
 * number and the task comes after those that were accepted while it streamed in. Their payloads are not copied.
 */
export async function releaseChunks(tx: Db, taskId: string): Promise<void> {
  await sql`
    update import_chunk c
       set id = fresh.id, is_held = false
      from (select held.id as held_id, nextval(pg_get_serial_sequence('import_chunk', 'id')) as id
              from (select id
                      from import_chunk
                     where task_id = ${taskId}::uuid and is_held
                     order by id
                    offset 0) held) fresh
     where c.id = fresh.held_id
  `.execute(tx);
}
