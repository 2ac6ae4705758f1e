import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/**
 * Gives the held chunks of a task to the importer. They get new numbers in their order, since lanes are worked off by
 * number and the task comes after those that were accepted while it streamed in. A loop inside the server: one update
 * would number them in whatever order its plan finds them, and PostgreSQL 15 lets an identity be set to nothing but its
 * default. Such a block takes no parameters, hence the setting, which ends with the transaction. 1,000 chunks take
 * some 20 ms; their payloads are not copied.
 */
export async function releaseChunks(tx: Db, taskId: string): Promise<void> {
  await sql`select set_config('muster.released_task', ${taskId}::text, true)`.execute(tx);
  await sql`
    do $body$
    declare
      held_id bigint;
    begin
      for held_id in
        select id
          from import_chunk
         where task_id = current_setting('muster.released_task')::uuid and is_held
         order by id
      loop
        update import_chunk set id = default, is_held = false where id = held_id;
      end loop;
    end $body$
  `.execute(tx);
}
