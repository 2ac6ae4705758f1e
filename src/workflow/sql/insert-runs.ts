import type { JsonObject, JsonValue } from '../../base/index.ts';
import { CopyRows, copyRows, type Db } from '../../db/index.ts';
import type { SettledRun } from './settle-runs.ts';

/** What events tell of the profile of a run, where whoever starts it knows. */
export interface ToldProfile {
  /** Null = it has none. */
  readonly email: string | null;
  /** The item's or that of the request. */
  readonly customData: JsonObject | null;
}

export interface NewRun {
  readonly slot: number;
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
  /** Absent = it is read. */
  readonly told?: ToldProfile | undefined;
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

const COPY_RUNS = `copy run (slot, id, database_id, profile_id, workflow_id, version, task_id, item_index, started_at, context_id,
  content, custom_data, attach, depth, share, node, status, due_at, steps, effect_id, resume, wait_event, wait_message,
  trail, reason, ended_at) from stdin (format binary)`;

/** Where a run stands that has not walked yet. */
function atStart(
  { slot, id, endedBecause: reason }: NewRun,
  { startNode: node }: RunEntry,
  now: Date,
): SettledRun {
  const place =
    reason === null ? { status: 'active' as const, dueAt: now } : { status: 'ended' as const, dueAt: null };
  return {
    ...{ slot, id, node, reason, steps: 0, ...place },
    ...{ effectId: null, resume: null, waitEvent: null, waitMessage: null, trail: [] },
  };
}

/**
 * Inserts the runs: at the start node, due at once, or where a walk in the same transaction has brought them. One COPY:
 * their ids are new, so nothing can be there.
 */
export async function insertRuns(
  tx: Db,
  entry: RunEntry,
  runs: readonly NewRun[],
  now: Date,
  walked: readonly SettledRun[] = [],
): Promise<void> {
  const places = new Map(walked.map((settled) => [settled.id, settled]));
  const rows = new CopyRows();
  for (const run of runs) {
    const place = places.get(run.id) ?? atStart(run, entry, now);
    rows.row(26);
    rows.smallint(run.slot);
    rows.text(run.id);
    rows.integer(entry.databaseId);
    rows.text(run.profileId);
    rows.integer(entry.workflowId);
    rows.integer(entry.version);
    rows.uuid(run.taskId);
    rows.integer(run.itemIndex);
    rows.timestamptz(now);
    rows.bigint(run.contextId);
    rows.jsonb(run.content);
    rows.jsonb(run.customData);
    rows.jsonb(run.attach ?? null);
    rows.smallint(entry.depth);
    rows.smallint(run.share);
    rows.text(place.node);
    rows.text(place.status);
    rows.timestamptz(place.dueAt);
    rows.integer(place.steps);
    rows.text(place.effectId);
    rows.text(place.resume);
    rows.text(place.waitEvent);
    rows.text(place.waitMessage);
    rows.jsonb(place.trail.length === 0 ? null : place.trail);
    rows.text(place.reason);
    rows.timestamptz(place.status === 'ended' || place.status === 'failed' ? now : null);
  }
  await copyRows(tx, COPY_RUNS, rows);
}
