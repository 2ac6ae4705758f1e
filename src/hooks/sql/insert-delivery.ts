import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface NewDelivery {
  readonly id: string;
  readonly hookId: number;
  readonly events: number;
  readonly firstEvent: string;
  readonly lastEvent: string;
  readonly body: string;
}

/** Stores a delivery that is due at once. */
export async function insertDelivery(tx: Db, delivery: NewDelivery, now: Date): Promise<void> {
  const { id, hookId, events, firstEvent, lastEvent, body } = delivery;
  await sql`
    insert into hook_delivery (id, hook_id, status, events, first_event, last_event, body, due_at, created_at)
    values (${id}::uuid, ${hookId}::int, 'queued', ${events}::int, ${firstEvent}::text, ${lastEvent}::text,
            ${body}::text, ${now}::timestamptz, ${now}::timestamptz)
  `.execute(tx);
}
