import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

/** Messages that somebody should look at. */
export interface MessageFaults {
  /** Parked, as it is not known whether they were sent. */
  readonly parked: number;
  /** Seconds that the longest has been due without being taken up, of senders that may send; 0 = none waits. */
  readonly oldestDue: number;
  /** Queued or held without a time or a claim: nobody would ever take them up. */
  readonly stuck: number;
}

/** One statement over the partial indexes of unsettled messages. */
export async function readMessageFaults(db: Db, now: Date): Promise<MessageFaults> {
  const { rows } = await sql<MessageFaults>`
    select (select count(*) from message where status = 'unknown' and settled_at is null)::int as parked,
           coalesce((select extract(epoch from ${now}::timestamptz - min(m.due_at))
                       from message m
                       left join budget b on b.key = 'sender ' || m.sender_id
                      where m.due_at is not null and m.due_at <= ${now}::timestamptz
                        and b.retry_at is null), 0)::float8 as "oldestDue",
           (select count(*) from message where status = 'queued' and due_at is null)::int as stuck
  `.execute(db);
  return rows[0] ?? { parked: 0, oldestDue: 0, stuck: 0 };
}
