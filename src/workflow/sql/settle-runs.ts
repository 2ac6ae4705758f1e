import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { EdgeName } from '../nodes/node-base.ts';
import type { RunStatus } from '../run-counts.ts';

export interface SettledRun {
  readonly slot: number;
  readonly id: string;
  readonly node: string;
  readonly status: RunStatus;
  readonly dueAt: Date | null;
  readonly callId: string | null;
  readonly resume: EdgeName | null;
  readonly reason: string | null;
  readonly steps: number;
}

/** Writes where the runs have come to and gives up their claim. The caller has locked them by their token. */
export async function settleRuns(tx: Db, runs: readonly SettledRun[], now: Date): Promise<void> {
  await sql`
    update run r
       set node = s.node, status = s.status, due_at = s."dueAt", call_id = s."callId", resume = s.resume,
           reason = s.reason, steps = s.steps, claim_token = null,
           ended_at = case when s.status in ('ended', 'failed') then ${now}::timestamptz end
      from json_to_recordset(${JSON.stringify(runs)}::json)
        as s(slot smallint, id text, node text, status text, "dueAt" timestamptz, "callId" text, resume text,
             reason text, steps int)
     where r.slot = s.slot and r.id = s.id
  `.execute(tx);
}
