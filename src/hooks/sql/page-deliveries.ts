import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export const deliveryStatuses = ['queued', 'done', 'parked'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** A delivery as an operator looks at it. */
export interface Delivery {
  readonly id: string;
  readonly status: DeliveryStatus;
  readonly events: number;
  readonly firstEvent: string;
  readonly lastEvent: string;
  readonly attempts: number;
  readonly dueAt: Date | null;
  readonly lastTriedAt: Date | null;
  readonly giveUpAt: Date | null;
  readonly httpStatus: number | null;
  readonly fault: string | null;
  readonly answer: string | null;
  /** The beginning of the body. */
  readonly preview: string;
  readonly createdAt: Date;
  readonly settledAt: Date | null;
}

/** Deliveries of a hook, the newest first, `after` the one with that id; with one status, or any where it is null. */
export async function pageDeliveries(
  db: Db,
  page: {
    hookId: number;
    status: DeliveryStatus | null;
    after: string | null;
    limit: number;
    preview: number;
  },
): Promise<Delivery[]> {
  const { rows } = await sql<Delivery>`
    select d.id, d.status, d.events, d.first_event as "firstEvent", d.last_event as "lastEvent", d.attempts,
           d.due_at as "dueAt", d.last_tried_at as "lastTriedAt", d.give_up_at as "giveUpAt",
           d.http_status as "httpStatus", d.fault, d.answer, left(d.body, ${page.preview}::int) as preview,
           d.created_at as "createdAt", d.settled_at as "settledAt"
      from hook_delivery d
     where d.hook_id = ${page.hookId}::int
       and (${page.status}::text is null or d.status = ${page.status}::text)
       and (${page.after}::uuid is null
            or (d.created_at, d.id) < (select a.created_at, a.id from hook_delivery a
                                        where a.hook_id = ${page.hookId}::int and a.id = ${page.after}::uuid))
     order by d.created_at desc, d.id desc
     limit ${page.limit}::int
  `.execute(db);
  return rows;
}
