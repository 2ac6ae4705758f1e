import { sql } from 'kysely';
import { type JsonObject, type JsonValue, slotOf } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';

export interface NewRun {
  readonly id: string;
  readonly profileId: string;
  readonly taskId: string | null;
  readonly share: number;
  readonly itemIndex: number | null;
  readonly contextId: number | null;
  readonly content: JsonObject | null;
  readonly customData: JsonObject | null;
  /** Attachments of the item itself; null = those of the request. */
  readonly attach?: JsonValue;
  /** Why it has ended already, in the moment of its start; null = it is to walk. */
  readonly endedBecause: string | null;
}

/** Where runs begin. */
export interface RunEntry {
  readonly workflowId: number;
  readonly databaseId: number;
  readonly version: number;
  readonly startNode: string;
  /** How many triggers led here; 0 = none. */
  readonly depth: number;
}

/** Inserts the runs at the start node, due at once. */
export async function insertRuns(tx: Db, entry: RunEntry, runs: readonly NewRun[], now: Date): Promise<void> {
  const rows = runs.map((run) => ({
    slot: slotOf(run.profileId),
    id: run.id,
    p: run.profileId,
    t: run.taskId,
    s: run.share,
    i: run.itemIndex,
    c: run.contextId,
    content: run.content,
    custom: run.customData,
    attach: run.attach ?? null,
    reason: run.endedBecause,
  }));
  await sql`
    insert into run (slot, id, database_id, profile_id, workflow_id, version, task_id, item_index, node, status,
                     due_at, steps, context_id, content, custom_data, attach, started_at, ended_at, reason, depth, share)
    select slot, id, ${entry.databaseId}::int, p, ${entry.workflowId}::int, ${entry.version}::int, t, i,
           ${entry.startNode}::text, case when reason is null then 'active' else 'ended' end,
           case when reason is null then ${now}::timestamptz end, 0, c, content, custom, attach,
           ${now}::timestamptz, case when reason is not null then ${now}::timestamptz end, reason, ${entry.depth}::smallint, s
      from json_to_recordset(${JSON.stringify(rows)}::json)
        as r(slot smallint, id text, p text, t uuid, s smallint, i int, c bigint, content jsonb, custom jsonb, attach jsonb,
             reason text)
  `.execute(tx);
}
