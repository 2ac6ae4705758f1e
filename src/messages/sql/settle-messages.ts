import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export type SettledStatus = 'queued' | 'sent' | 'failed' | 'suppressed' | 'cancelled' | 'unknown';

export interface SettledMessage {
  readonly slot: number;
  readonly id: string;
  /** Of the claim under which it was tried. */
  readonly token: string;
  readonly status: SettledStatus;
  /** When it is due again; null = not by itself. */
  readonly dueAt: Date | null;
  /** Null unless it was sent, or may have been. */
  readonly sentAt: Date | null;
  /** Null = not decided: queued, or parked as unknown. */
  readonly settledAt: Date | null;
  readonly attempts: number;
  readonly reason: string | null;
  readonly providerId: string | null;
  readonly answer: string | null;
  /** How the server has refused it; null = it has not. */
  readonly bounce: 'soft' | 'hard' | null;
}

/**
 * Writes outcomes, each only where the message still carries its claim's token. Locks in order of id; the caller holds
 * the runs.
 * @returns the ids of those that were written.
 */
export async function settleMessages(tx: Db, messages: readonly SettledMessage[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    with outcome as (
      select * from json_to_recordset(${JSON.stringify(messages)}::json)
        as o(slot smallint, id text, token uuid, status text, "dueAt" timestamptz, "sentAt" timestamptz,
             "settledAt" timestamptz, attempts int, reason text, "providerId" text, answer text, bounce text)
    ), held as (
      select m.slot, m.id
        from message m
        join outcome o on m.slot = o.slot and m.id = o.id
       where m.claim_token = o.token
       order by m.id
         for update of m
    )
    update message m
       set status = o.status, due_at = o."dueAt", claim_token = null, sent_at = o."sentAt",
           settled_at = o."settledAt", attempts = o.attempts, reason = o.reason,
           provider_id = coalesce(o."providerId", m.provider_id), answer = coalesce(o.answer, m.answer),
           bounce = coalesce(o.bounce, m.bounce),
           bounced_at = case when o.bounce is null then m.bounced_at else o."settledAt" end
      from outcome o
      join held on held.slot = o.slot and held.id = o.id
     where m.slot = held.slot and m.id = held.id
    returning m.id
  `.execute(tx);
  return new Set(rows.map(({ id }) => id));
}
