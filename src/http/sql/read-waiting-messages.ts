import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Reads the partial indexes of what is not settled, and nothing else. */
export async function readWaitingMessages(db: Db): Promise<{
  waiting: readonly { readonly channel: string; readonly queued: number; readonly oldestDueAt: Date }[];
  parked: number;
}> {
  const { rows } = await sql<{ channel: string | null; messages: number; oldest: Date }>`
    select channel, count(*) as messages, min(due_at) as oldest
      from message
     where due_at is not null
     group by channel
    union all
    select null, count(*), now()
      from message
     where status = 'unknown' and settled_at is null
  `.execute(db);
  return {
    waiting: rows.flatMap(({ channel, messages: queued, oldest: oldestDueAt }) =>
      channel === null ? [] : [{ channel, queued, oldestDueAt }],
    ),
    parked: rows.find(({ channel }) => channel === null)?.messages ?? 0,
  };
}
