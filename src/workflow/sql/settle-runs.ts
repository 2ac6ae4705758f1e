import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import type { EdgeName } from '../nodes/node-base.ts';
import type { RunStatus } from '../run-counts.ts';
import { MAX_TRAIL, type TrailStep } from '../trail.ts';

const KEPT = `$[last - ${MAX_TRAIL - 1} to last]`;

export interface SettledRun {
  readonly slot: number;
  readonly id: string;
  readonly node: string;
  readonly status: RunStatus;
  readonly dueAt: Date | null;
  readonly effectId: string | null;
  readonly resume: EdgeName | null;
  readonly reason: string | null;
  readonly steps: number;
  /** The event that ends the wait, and the message that it must be of, see the columns. */
  readonly waitEvent: string | null;
  readonly waitMessage: string | null;
  /** What it has gone through since it was claimed. */
  readonly trail: readonly TrailStep[];
}

/** Writes where the runs have come to and gives up their claim. The caller has locked them by their token. */
export async function settleRuns(tx: Db, runs: readonly SettledRun[], now: Date): Promise<void> {
  await sql`
    update run r
       set node = s.node, status = s.status, due_at = s."dueAt", effect_id = s."effectId", resume = s.resume,
           reason = s.reason, steps = s.steps, claim_token = null, wait_event = s."waitEvent",
           wait_message = s."waitMessage",
           trail = case
             when r.trail is null then s.trail
             when jsonb_array_length(r.trail) + jsonb_array_length(s.trail) <= ${MAX_TRAIL}::int then r.trail || s.trail
             else jsonb_path_query_array(r.trail || s.trail, ${KEPT}::jsonpath)
           end,
           ended_at = case when s.status in ('ended', 'failed') then ${now}::timestamptz end
      from json_to_recordset(${JSON.stringify(runs)}::json)
        as s(slot smallint, id text, node text, status text, "dueAt" timestamptz, "effectId" text, resume text,
             reason text, steps int, "waitEvent" text, "waitMessage" text, trail jsonb)
     where r.slot = s.slot and r.id = s.id
  `.execute(tx);
}
