import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';

export interface SettledDelivery {
  readonly id: string;
  readonly token: string;
  readonly status: 'queued' | 'done' | 'parked';
  /** Null when it is settled. */
  readonly dueAt: Date | null;
  readonly httpStatus: number | null;
  readonly fault: string | null;
  readonly answer: string | null;
}

/** Writes what has come of tries, where their claims still hold; returns how many. */
export async function settleDeliveries(
  db: Db,
  outcomes: readonly SettledDelivery[],
  now: Date,
): Promise<number> {
  const { rows } = await sql<{ settled: number }>`
    with settled as (
      update hook_delivery d
         set status = o.status, due_at = o."dueAt", claim_token = null,
             attempts = d.attempts + 1, http_status = o."httpStatus", fault = o.fault, answer = o.answer,
             settled_at = case when o.status <> 'queued' then ${now}::timestamptz end
        from json_to_recordset(${JSON.stringify(outcomes)}::json)
               as o(id uuid, token uuid, status text, "dueAt" timestamptz, "httpStatus" int, fault text, answer text)
       where d.id = o.id and d.claim_token = o.token
      returning 1
    )
    select count(*) as settled from settled
  `.execute(db);
  return rows[0]?.settled ?? 0;
}
