import type { Log } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { ProfileChange } from '../../profiles/index.ts';
import { filterInSegments } from '../../segments/index.ts';
import { resumeUpdated } from '../resume-waiting.ts';
import type { RunCounts } from '../run-counts.ts';
import { enterRuns } from '../start-runs.ts';
import { type ActiveTrigger, loadTriggers } from './load-triggers.ts';
import { type EnteredSegments, matchChanges } from './match-changes.ts';

/**
 * A run that more triggers than this have led to, each fired by a run of the one before, is not walked: workflows that
 * start each other in a circle end here. Chains that are meant are one or two long.
 */
export const MAX_TRIGGER_DEPTH = 8;

const STOPPED = `not started: a chain of ${MAX_TRIGGER_DEPTH} triggers led here; workflows start each other in a circle`;

/**
 * Which of the profiles have come into which of the segments by the changes, asked once a batch. Segments belong to a
 * room that this one does not know; app.ts passes the function in.
 */
export type SegmentsEntered = (
  tx: Db,
  databaseId: number,
  segmentIds: readonly number[],
  changes: readonly ProfileChange[],
) => Promise<EnteredSegments>;

/** Starts that were cut off by MAX_TRIGGER_DEPTH: their runs are there, ended, with the reason. */
export interface StoppedStarts {
  readonly workflowId: number;
  readonly version: number;
  /** The start node. */
  readonly node: string;
  readonly runs: number;
}

/** What became of the profiles for which a trigger fired; one for which two fire counts twice. */
export interface TriggerFigures {
  started: number;
  skippedReentry: number;
  readonly stopped: StoppedStarts[];
}

/** Changes that belong to one transaction, which holds the locks of all the profiles. */
export interface FiringBatch {
  readonly databaseId: number;
  /** Each profile once, as it is stored by now. */
  readonly changes: readonly ProfileChange[];
  /** Of the runs to be started: 1 for what an import changed, d + 1 for what a run of depth d changed. */
  readonly depth: number;
  readonly now: Date;
}

export function noTriggerFigures(): TriggerFigures {
  return { started: 0, skippedReentry: 0, stopped: [] };
}

async function findEntered(
  tx: Db,
  triggers: readonly ActiveTrigger[],
  { databaseId, changes }: FiringBatch,
  segmentsEntered: SegmentsEntered | undefined,
): Promise<EnteredSegments> {
  const ids = triggers.flatMap(({ trigger: { event } }) =>
    event.on === 'segment_entered' ? [event.segmentId] : [],
  );
  if (ids.length === 0 || segmentsEntered === undefined) return new Map();
  return segmentsEntered(tx, databaseId, [...new Set(ids)], changes);
}

async function fireTrigger(
  tx: Db,
  { trigger, node, workflowId, version, reentry }: ActiveTrigger,
  { databaseId, depth, now }: FiringBatch,
  matched: readonly string[],
  counts: RunCounts,
  figures: TriggerFigures,
): Promise<void> {
  const { filter } = trigger;
  const met = filter === null ? undefined : await filterInSegments(tx, databaseId, matched, filter);
  const ids = met === undefined ? matched : matched.filter((id) => met.has(id));
  if (ids.length === 0) return;
  const blank = { taskId: null, itemIndex: null, contextId: null, content: null, customData: null };
  const outcomes = await enterRuns(
    tx,
    { workflowId, databaseId, version, startNode: node, depth, reentry },
    ids.map((profileId) => ({ profileId, ...blank })),
    now,
    counts,
    depth > MAX_TRIGGER_DEPTH ? STOPPED : null,
  );
  const entered = outcomes.filter((outcome) => outcome === 'started').length;
  figures.skippedReentry += outcomes.length - entered;
  if (depth <= MAX_TRIGGER_DEPTH) figures.started += entered;
  else if (entered > 0) figures.stopped.push({ workflowId, version, node, runs: entered });
}

/**
 * `startTriggered` for a caller that has loaded the triggers, and that writes node counts and task counts itself, after
 * everything else. Triggers fire by workflow, those of one in the order of its definition.
 */
export async function fireTriggers(
  tx: Db,
  triggers: readonly ActiveTrigger[],
  batch: FiringBatch,
  counts: RunCounts,
  segmentsEntered: SegmentsEntered | undefined,
): Promise<TriggerFigures> {
  const figures = noTriggerFigures();
  if (triggers.length === 0 || batch.changes.length === 0) return figures;
  const entered = await findEntered(tx, triggers, batch, segmentsEntered);
  for (const trigger of triggers) {
    const matched = matchChanges(trigger.trigger.event, batch.changes, entered);
    if (matched.length > 0) await fireTrigger(tx, trigger, batch, matched, counts, figures);
  }
  return figures;
}

/** Counts starts that were cut off at their start nodes. */
export function countStopped(counts: RunCounts, stopped: readonly StoppedStarts[]): void {
  for (const { workflowId, version, node, runs } of stopped) {
    counts.pass({ workflowId, version, node, outcome: 'loop', passed: runs });
  }
}

/** What an operator must see: a circle of workflows was cut. Call it when the transaction has committed. */
export function warnOfLoops(log: Log, stopped: readonly StoppedStarts[]): void {
  if (stopped.length === 0) return;
  const workflows = [...new Set(stopped.map(({ workflowId }) => workflowId))];
  const runs = stopped.reduce((sum, one) => sum + one.runs, 0);
  log.warn(
    { workflows, runs },
    `workflows start each other in a circle: cut after ${MAX_TRIGGER_DEPTH} triggers`,
  );
}

export interface TriggerBatch extends FiringBatch {
  /** Takes the moves of runs; the caller writes it, after every other lock. */
  readonly counts: RunCounts;
  readonly log: Log;
  /** Absent = only `enteredSegments` of the changes count. */
  readonly segmentsEntered?: SegmentsEntered;
}

/**
 * Starts the runs that changes of profiles trigger in active workflows of the database, each subject to the re-entry
 * mode, and lets runs go on that wait for `profile_updated`. Statements: one for those, one to find the triggers, one
 * for segments where a trigger waits for them, and at most five for
 * each start node that fires, whatever the number of profiles. Not to be called for profiles whose import skips
 * triggers. The runs belong to no task and carry no content.
 * @param tx the caller's transaction, which holds the locks of the profiles. Locks runs and calls.
 */
export async function startTriggered(tx: Db, batch: TriggerBatch): Promise<TriggerFigures> {
  if (batch.changes.length === 0) return noTriggerFigures();
  const { counts } = batch;
  counts.leaveDue(await resumeUpdated(tx, batch.databaseId, batch.changes, batch.now));
  const triggers = await loadTriggers(tx, batch.databaseId, batch.log);
  const figures = await fireTriggers(tx, triggers, batch, counts, batch.segmentsEntered);
  await counts.events.write(tx, batch.now);
  countStopped(counts, figures.stopped);
  return figures;
}
