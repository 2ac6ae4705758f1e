import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

interface Sample {
  readonly queue: string;
  readonly seconds: number;
  readonly waiting: number;
}

/** Keeps the queues of a minute, the longest wait of all looks at it, and deletes those of before `keepFrom`. */
export async function insertQueueAges(
  db: Db,
  minute: Date,
  samples: readonly Sample[],
  keepFrom: Date,
): Promise<void> {
  await sql`
    with old as (delete from queue_age where at < ${keepFrom}::timestamptz)
    insert into queue_age (at, queue, seconds, waiting)
    select ${minute}::timestamptz, queue, seconds, waiting
      from json_to_recordset(${JSON.stringify(samples)}::json) as s(queue text, seconds int, waiting bigint)
    on conflict (at, queue) do update
       set seconds = greatest(queue_age.seconds, excluded.seconds),
           waiting = greatest(queue_age.waiting, excluded.waiting)
  `.execute(db);
}
