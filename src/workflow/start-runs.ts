import { type JsonObject, newObjectId } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { type AddRunCounts, RunCounts } from './run-counts.ts';
import { endLiveRuns } from './sql/end-live-runs.ts';
import { findProfilesInWorkflow } from './sql/find-profiles-in-workflow.ts';
import type { StartTarget } from './sql/find-start-target.ts';
import { insertRuns, type NewRun } from './sql/insert-runs.ts';

/** A profile that is sent into a workflow. */
export interface RunStart {
  readonly profileId: string;
  readonly taskId: string | null;
  /** The item of the task. */
  readonly itemIndex: number | null;
  /** Content and custom data of the request; null = it had none. */
  readonly contextId: number | null;
  /** Those of the item itself, which win over the request's. */
  readonly content: JsonObject | null;
  readonly customData: JsonObject | null;
}

export type StartOutcome = 'started' | 'skipped_reentry';

const RESTARTED = 'restarted';

/**
 * Starts a run for each profile that the re-entry mode lets in, those of one profile in their order. At most three
 * statements whatever their number. The caller's transaction holds the locks of all the profiles.
 * @returns what became of each, in the order of `starts`.
 */
export async function startRuns(
  tx: Db,
  target: StartTarget,
  starts: readonly RunStart[],
  now: Date,
  addRunCounts: AddRunCounts,
): Promise<StartOutcome[]> {
  const { version, startNode, reentry, workflowId } = target;
  if (version === null || startNode === null) throw new Error(`workflow ${workflowId} was never published`);
  if (starts.length === 0) return [];
  const ids = [...new Set(starts.map((start) => start.profileId))];
  const counts = new RunCounts();
  // Profiles that nobody may enter any more, for the two modes that keep profiles out.
  const closed =
    reentry === 'never' || reentry === 'not_inside'
      ? await findProfilesInWorkflow(tx, workflowId, ids, reentry === 'not_inside')
      : new Set<string>();
  if (reentry === 'restart') {
    for (const ended of await endLiveRuns(tx, workflowId, ids, RESTARTED, now)) {
      counts.move(ended.taskId, ended.before, 'ended');
    }
  }
  const runs: NewRun[] = [];
  const lastOf = new Map<string, number>();
  const outcomes = starts.map((start): StartOutcome => {
    if (closed.has(start.profileId)) return 'skipped_reentry';
    if (reentry !== 'each' && reentry !== 'restart') closed.add(start.profileId);
    const earlier = reentry === 'restart' ? lastOf.get(start.profileId) : undefined;
    const overtaken = earlier === undefined ? undefined : runs[earlier];
    if (earlier !== undefined && overtaken !== undefined) {
      runs[earlier] = { ...overtaken, endedBecause: RESTARTED };
      counts.move(overtaken.taskId, 'active', 'ended');
    }
    lastOf.set(start.profileId, runs.length);
    runs.push({ ...start, id: newObjectId(now), endedBecause: null });
    return 'started';
  });
  if (runs.length > 0) await insertRuns(tx, { ...target, version, startNode }, runs, now);
  await counts.write(tx, addRunCounts);
  return outcomes;
}
