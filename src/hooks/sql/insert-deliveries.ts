import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface NewDelivery {
  readonly id: string;
  readonly events: number;
  readonly firstEvent: string;
  readonly lastEvent: string;
  readonly body: string;
}

/**
 * Stores deliveries of a hook that are due at once. Each is a microsecond older than the next, so that they go out, and are
 * listed, in their order.
 */
export async function insertDeliveries(
  tx: Db,
  hookId: number,
  deliveries: readonly NewDelivery[],
  now: Date,
): Promise<void> {
  if (deliveries.length === 0) return;
  // One parameter for each value: in an array or in JSON every quote of the bodies would be escaped and read again.
  const rows = deliveries.map(
    ({ id, events, firstEvent, lastEvent, body }, nth) =>
      sql`(${id}::uuid, ${events}::int, ${firstEvent}::text, ${lastEvent}::text, ${body}::text, ${nth}::int)`,
  );
  await sql`
    insert into hook_delivery (id, hook_id, status, events, first_event, last_event, body, due_at, created_at)
    select n.id, ${hookId}::int, 'queued', n.events, n.first_event, n.last_event, n.body, n.at, n.at
      from (select v.id, v.events, v.first_event, v.last_event, v.body,
                   ${now}::timestamptz - (${deliveries.length - 1}::int - v.nth) * interval '1 microsecond' as at
              from (values ${sql.join(rows)}) v(id, events, first_event, last_event, body, nth)) n
  `.execute(tx);
}
