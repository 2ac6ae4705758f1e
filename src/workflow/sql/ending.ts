import { type RawBuilder, sql } from 'kysely';

export interface EndedRun {
  readonly slot: number;
  readonly id: string;
  /** What it waited for, see the column; taken back by the caller where it is a message. */
  readonly effectId: string | null;
  readonly taskId: string | null;
  readonly before: 'active' | 'waiting';
}

export interface EndedRow {
  slot: number;
  id: string;
  effect_id: string | null;
  task_id: string | null;
  before: 'active' | 'waiting';
}

/**
 * The rest of a statement that begins `with live as (…),` with slot, id, status and effect_id of runs that are locked: ends
 * them, and takes back their calls that were not sent. A call that is under way is settled later and finds no run that
 * waits for it; one that is locked is under way too, and waiting for it here would deadlock with its settling, which
 * locks the run next.
 */
export function ending(reason: string, now: Date): RawBuilder<unknown> {
  return sql`unsent as (
      select c.slot, c.id
        from api_call c
        join live on c.slot = live.slot and c.id = live.effect_id
       where c.status in ('queued', 'held') and c.claim_token is null
         for update of c skip locked
    ), cancelled as (
      update api_call c
         set status = 'cancelled', due_at = null, settled_at = ${now}::timestamptz
        from unsent
       where c.slot = unsent.slot and c.id = unsent.id
    )
    update run r
       set status = 'ended', reason = ${reason}::text, ended_at = ${now}::timestamptz, due_at = null,
           claim_token = null, effect_id = null, resume = null, wait_event = null, wait_message = null,
           trail = coalesce(r.trail, '[]') || jsonb_build_array(
             jsonb_build_array(r.node, 'ended', ${now.toISOString()}::text, ${reason}::text))
      from live
     where r.slot = live.slot and r.id = live.id
    returning r.slot, r.id, live.effect_id, r.task_id, live.status as before`;
}

export function toEndedRun(row: EndedRow): EndedRun {
  return { slot: row.slot, id: row.id, effectId: row.effect_id, taskId: row.task_id, before: row.before };
}
