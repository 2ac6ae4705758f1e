import { type JsonObject, type JsonValue, MusterError, newObjectId, slotOf } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import type { RunCounts } from './run-counts.ts';
import { shareOf } from './share-of.ts';
import { endLiveRuns } from './sql/end-live-runs.ts';
import { findProfilesInWorkflow } from './sql/find-profiles-in-workflow.ts';
import type { StartTarget } from './sql/find-start-target.ts';
import { insertRuns, type NewRun, type RunEntry, type ToldProfile } from './sql/insert-runs.ts';
import type { RunFacts } from './sql/select-run-facts.ts';
import { takeBackMessages } from './take-back-messages.ts';
import type { Reentry } from './workflow.ts';

/** A profile that is sent into a workflow. */
export interface RunStart {
  readonly profileId: string;
  readonly taskId: string | null;
  /** Items of the task: runs of a large one share the engine with the rest. Absent = a small one. */
  readonly taskSize?: number;
  /** Of the run whose place it takes; absent = by the task. */
  readonly share?: number;
  /** The item of the task. */
  readonly itemIndex: number | null;
  /** Content and custom data of the request; null = it had none. */
  readonly contextId: number | null;
  /** Those of the item itself, which win over the request's. */
  readonly content: JsonObject | null;
  readonly customData: JsonObject | null;
  /** Attachments of the item itself, as `files` has stored them; null = those of the request. */
  readonly attach?: JsonValue;
  /** Absent = it is read. */
  readonly told?: ToldProfile | undefined;
}

/**
 * Walks new runs in the transaction that starts them, and stores them where they have come to. Whoever starts them says
 * what is told of their profiles: the walk may change those before the starts are told.
 */
export type WalkNewRuns = (
  tx: Db,
  entry: RunEntry,
  runs: readonly NewRun[],
  now: Date,
  counts: RunCounts,
) => Promise<void>;

function factsOf(run: NewRun, entry: RunEntry): RunFacts | undefined {
  if (run.told === undefined) return undefined;
  const { workflowId, databaseId, startNode: node } = entry;
  const { id, profileId, taskId, endedBecause: reason } = run;
  const status = reason === null ? 'active' : 'ended';
  return { ...{ id, databaseId, profileId, workflowId, taskId, node, status, reason }, ...run.told };
}

export type StartOutcome = 'started' | 'skipped_reentry';

const RESTARTED = 'restarted';

/**
 * Sends profiles into a start node; at most two statements whatever their number. Moves of earlier runs go into
 * `counts`, which the caller writes last. The caller's transaction holds the locks of all the profiles.
 * @param endedBecause why none of the runs is to walk; null = they are. Such runs end no others.
 * @param walk absent = the engine walks them.
 * @returns what became of each, in the order of `starts`.
 */
export async function enterRuns(
  tx: Db,
  { reentry, ...entry }: RunEntry & { readonly reentry: Reentry },
  starts: readonly RunStart[],
  now: Date,
  counts: RunCounts,
  endedBecause: string | null = null,
  walk?: WalkNewRuns,
): Promise<StartOutcome[]> {
  const { workflowId } = entry;
  const restarts = reentry === 'restart' && endedBecause === null;
  const ids = [...new Set(starts.map((start) => start.profileId))];
  // Profiles that nobody may enter any more, for the two modes that keep profiles out.
  const closed =
    reentry === 'never' || reentry === 'not_inside'
      ? await findProfilesInWorkflow(tx, workflowId, ids, reentry === 'not_inside')
      : new Set<string>();
  if (restarts) {
    const ended = await endLiveRuns(tx, workflowId, ids, RESTARTED, now);
    for (const run of ended) counts.end(run);
    await takeBackMessages(tx, ended, now);
  }
  const runs: NewRun[] = [];
  const lastOf = new Map<string, number>();
  const outcomes = starts.map((start): StartOutcome => {
    if (closed.has(start.profileId)) return 'skipped_reentry';
    if (reentry !== 'each' && reentry !== 'restart') closed.add(start.profileId);
    const earlier = restarts ? lastOf.get(start.profileId) : undefined;
    const overtaken = earlier === undefined ? undefined : runs[earlier];
    if (earlier !== undefined && overtaken !== undefined) {
      runs[earlier] = { ...overtaken, endedBecause: RESTARTED };
      counts.move(overtaken.taskId, 'active', 'ended');
    }
    lastOf.set(start.profileId, runs.length);
    const share = start.share ?? shareOf(start.taskId, start.taskSize ?? 0);
    const slot = slotOf(start.profileId);
    runs.push({ ...start, slot, share, id: newObjectId(now), endedBecause });
    return 'started';
  });
  for (const run of runs) {
    const facts = factsOf(run, entry);
    counts.events.start(run, entry.startNode, facts);
    if (run.endedBecause !== null) counts.events.end(run, facts);
  }
  const walking = runs.filter((run) => run.endedBecause === null).length;
  if (walk !== undefined && walking > 0) await walk(tx, entry, runs, now, counts);
  else {
    await insertRuns(tx, entry, runs, now);
    counts.leaveDue(walking);
  }
  return outcomes;
}

/** @throws {MusterError} 409 when profiles of the API cannot enter the workflow: only its triggers start runs. */
export function requireDefaultStart(target: StartTarget): void {
  if (target.startNode !== null) return;
  const detail = `workflow_id: workflow ${target.workflowId} has no start named Default: only triggers start it`;
  throw new MusterError(409, { field: 'workflow_id', detail });
}

/**
 * Starts a run for each profile that the re-entry mode lets in, those of one profile in their order. At most three
 * statements whatever their number, and those of the walk. The caller's transaction holds the locks of all the profiles, and has judged the
 * target by `requireDefaultStart`; publishing never takes a start named Default away.
 * @param counts takes the moves of runs; the caller writes it last.
 * @param walk absent = the engine walks them, as it does those of a workflow that is paused.
 * @returns what became of each, in the order of `starts`.
 */
export async function startRuns(
  tx: Db,
  target: StartTarget,
  starts: readonly RunStart[],
  now: Date,
  counts: RunCounts,
  walk?: WalkNewRuns,
): Promise<StartOutcome[]> {
  const { version, startNode, reentry, workflowId, databaseId } = target;
  if (version === null) throw new Error(`workflow ${workflowId} was never published`);
  if (startNode === null) throw new Error(`workflow ${workflowId} has no start named Default`);
  if (starts.length === 0) return [];
  const entry = { workflowId, databaseId, reentry, version, startNode, depth: 0 };
  const outcomes = await enterRuns(tx, entry, starts, now, counts, null, target.paused ? undefined : walk);
  await counts.events.write(tx, now);
  return outcomes;
}
