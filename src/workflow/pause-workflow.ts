import type { Clock } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { releaseHeldMessages } from '../messages/index.ts';
import { clearWorkflow } from './end-runs.ts';
import type { AddRunCounts } from './run-counts.ts';
import { releaseHeldCalls } from './sql/release-held-calls.ts';
import { setPaused } from './sql/set-paused.ts';
import type { Workflow } from './workflow.ts';
import { noSuchWorkflow, setWorkflowActive } from './workflows.ts';

/** Held rows that one statement makes due. */
const BATCH = 1_000;

const STOPPED = 'the workflow was stopped';

/**
 * Keeps the runs of a workflow where they are: none is walked, and calls and messages are held when their turn comes.
 * What is under way ends. New profiles still enter, and wait at the start.
 * @throws {MusterError} 404 for an unknown workflow.
 */
export async function pauseWorkflow(db: Db, clock: Clock, id: number): Promise<Workflow> {
  const paused = await setPaused(db, id, true, clock.now());
  if (paused === undefined) throw noSuchWorkflow(id);
  return paused;
}

/**
 * Lets the runs of a paused workflow go on and makes what was held due, a batch in each statement. A process that dies
 * on the way leaves the rest held; a second call goes on there, also where the workflow is not paused any more.
 * @throws {MusterError} 404 for an unknown workflow.
 */
export async function resumeWorkflow(db: Db, clock: Clock, id: number): Promise<Workflow> {
  const resumed = await setPaused(db, id, false, clock.now());
  if (resumed === undefined) throw noSuchWorkflow(id);
  while ((await releaseHeldCalls(db, id, BATCH, clock.now())) > 0);
  while ((await releaseHeldMessages(db, id, BATCH, clock.now())) > 0);
  return resumed;
}

/**
 * Takes no more profiles. With `end` the runs inside that were started until now are ended too, a batch in each
 * transaction, with their unsent calls and messages; a process that dies on the way leaves the rest inside, and a
 * second call goes on there.
 * @throws {MusterError} 404 for an unknown workflow.
 */
export async function stopWorkflow(
  db: Db,
  clock: Clock,
  id: number,
  stop: {
    readonly runs: 'finish' | 'end';
    readonly addRunCounts: AddRunCounts;
  },
): Promise<Workflow> {
  const stopped = await setWorkflowActive(db, clock, id, false);
  if (stop.runs === 'end') {
    const { addRunCounts } = stop;
    await clearWorkflow(db, id, { reason: STOPPED, now: clock.now(), addRunCounts });
  }
  return stopped;
}
