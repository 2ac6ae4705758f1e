import { groupBy } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import type { RunCounts } from '../run-counts.ts';
import { type RunBelongings, selectRunBelongings } from '../sql/select-run-belongings.ts';
import { enterRuns, type RunStart } from '../start-runs.ts';
import { MAX_TRIGGER_DEPTH, type StoppedStarts } from '../triggers/start-triggered.ts';
import type { Jump } from './walk-runs.ts';

const STOPPED = `not started: a chain of ${MAX_TRIGGER_DEPTH} jumps and triggers led here; workflows start each other in a circle`;

function toStart({ run, withContent }: Jump, belongings: RunBelongings | undefined): RunStart {
  const { profileId, taskId, share } = run;
  const blank = { contextId: null, content: null, customData: null };
  const who = { profileId, taskId, share, itemIndex: belongings?.itemIndex ?? null };
  if (!withContent || belongings === undefined) return { ...who, ...blank };
  const { content, customData, attach } = belongings;
  return { ...who, contextId: run.contextId, content, customData, attach };
}

async function enterGroup(
  tx: Db,
  jumps: readonly Jump[],
  belongings: ReadonlyMap<string, RunBelongings>,
  now: Date,
  counts: RunCounts,
): Promise<StoppedStarts[]> {
  const [first] = jumps;
  if (first === undefined) return [];
  const { workflowId, databaseId, reentry, version, startNode } = first.target;
  if (version === null || startNode === null) throw new Error(`workflow ${workflowId} cannot be entered`);
  const depth = first.run.depth + 1;
  const isStopped = depth > MAX_TRIGGER_DEPTH;
  const outcomes = await enterRuns(
    tx,
    { workflowId, databaseId, reentry, version, startNode, depth },
    jumps.map((jump) => toStart(jump, belongings.get(jump.run.id))),
    now,
    counts,
    isStopped ? STOPPED : null,
  );
  let entered = 0;
  for (const [index, { run }] of jumps.entries()) {
    const isStarted = outcomes[index] === 'started';
    if (isStarted) entered += 1;
    // The new run counts in place of the old one, so that a task has as many runs as it has started.
    counts.move(run.taskId, run.status, isStarted && !isStopped ? 'active' : 'ended');
  }
  return isStopped && entered > 0 ? [{ workflowId, version, node: startNode, runs: entered }] : [];
}

/**
 * Starts the runs that take the places of those that jump, each subject to the re-entry mode of its workflow. One
 * statement, and at most three for each workflow and depth. After the settling, so that the re-entry modes find the
 * runs that jump ended. The caller's transaction holds the locks of the profiles.
 * @returns starts that were cut off, as workflows jump in a circle.
 */
export async function enterJumps(
  tx: Db,
  jumps: readonly Jump[],
  now: Date,
  counts: RunCounts,
): Promise<StoppedStarts[]> {
  if (jumps.length === 0) return [];
  const belongings = await selectRunBelongings(
    tx,
    jumps.map(({ run }) => run),
  );
  const stopped: StoppedStarts[] = [];
  const groups = groupBy(jumps, ({ target, run }) => `${target.workflowId} ${run.depth}`);
  for (const group of groups.values()) {
    stopped.push(...(await enterGroup(tx, group, belongings, now, counts)));
  }
  return stopped;
}
