import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { EdgeName } from '../nodes/node-base.ts';

/** What is told of a message to the run that it belongs to. */
export interface ResumeOrder {
  readonly slot: number;
  readonly runId: string;
  readonly messageId: string;
  /** By which a run goes on that waits for the outcome of the message; null = the outcome is not told here. */
  readonly edge: EdgeName | null;
  /** The events that a run may wait for which have happened by it. */
  readonly events: readonly string[];
  readonly reason: string;
}

/**
 * Makes those of the runs due that wait for what is told: for the outcome of the message, or for what its recipient
 * does with it. Others stay as they are. The caller holds the runs.
 */
export async function resumeRunsOfMessages(tx: Db, orders: readonly ResumeOrder[], now: Date): Promise<void> {
  await sql`
    with resumed as (
      select distinct on (r.slot, r.id) r.slot, r.id, o.reason,
             case when r.effect_id = o."messageId" then o.edge else 'next' end as edge
        from json_to_recordset(${JSON.stringify(orders)}::json)
          as o(slot smallint, "runId" text, "messageId" text, edge text, events jsonb, reason text)
        join run r on r.slot = o.slot and r.id = o."runId"
       where (o.edge is not null and r.effect_id = o."messageId")
          or (r.wait_message = o."messageId" and o.events ? r.wait_event)
       order by r.slot, r.id
    )
    update run r
       set due_at = ${now}::timestamptz, claim_token = null, resume = resumed.edge, reason = resumed.reason,
           effect_id = null, wait_event = null, wait_message = null
      from resumed
     where r.slot = resumed.slot and r.id = resumed.id
  `.execute(tx);
}
