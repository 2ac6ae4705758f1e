import { type Db, withTx } from '../db/index.ts';
import { type AddRunCounts, RunCounts } from './run-counts.ts';
import { emptyCallsOfProfiles } from './sql/empty-calls-of-profiles.ts';
import { emptyRunsOfProfiles } from './sql/empty-runs-of-profiles.ts';
import { endLockedRuns } from './sql/end-locked-runs.ts';
import { lockLiveRuns } from './sql/lock-live-runs.ts';
import { type RunKey, selectLiveRunsOfProfiles } from './sql/select-live-runs-of-profiles.ts';
import { selectLiveRunsOfWorkflow } from './sql/select-live-runs-of-workflow.ts';
import { takeBackMessages } from './take-back-messages.ts';

/** Runs that one transaction ends: it holds their locks and those of their tasks meanwhile. */
const BATCH = 1_000;

export interface EndScope {
  /** Kept with the runs. */
  readonly reason: string;
  readonly now: Date;
  readonly addRunCounts: AddRunCounts;
  /** Absent = nobody is told. */
}

/** Ends those of the runs that are live, in the caller's transaction. @returns how many. */
export async function endRuns(
  tx: Db,
  runs: readonly RunKey[],
  { reason, now, addRunCounts }: EndScope,
): Promise<number> {
  if (runs.length === 0) return 0;
  const live = await lockLiveRuns(tx, runs);
  const counts = new RunCounts();
  const ended = await endLockedRuns(tx, live, reason, now);
  for (const run of ended) counts.end(run);
  await takeBackMessages(tx, ended, now);
  await counts.events.write(tx, now);
  await counts.write(tx, addRunCounts);
  return live.length;
}

/**
 * Ends every run of profiles that are being deleted, and empties those that are over of what was sent along with them,
 * and their API calls of what they sent.
 * The runs stay: the counters of tasks and workflows tell of them.
 * @param tx holds the locks of the profiles.
 */
export async function endRunsOfProfiles(
  tx: Db,
  profileIds: readonly string[],
  scope: EndScope,
): Promise<number> {
  const ended = await endRuns(tx, await selectLiveRunsOfProfiles(tx, profileIds), scope);
  await emptyRunsOfProfiles(tx, profileIds);
  await emptyCallsOfProfiles(tx, profileIds);
  return ended;
}

/**
 * Ends all runs inside a workflow that were started until now, a batch in each transaction; a process that dies on the
 * way leaves the rest inside, and whoever asks again goes on there.
 * @returns how many were ended.
 */
export async function clearWorkflow(db: Db, workflowId: number, scope: EndScope): Promise<number> {
  let ended = 0;
  for (;;) {
    const runs = await selectLiveRunsOfWorkflow(db, workflowId, scope.now, BATCH);
    if (runs.length === 0) return ended;
    ended += await withTx(db, (tx) => endRuns(tx, runs, scope));
  }
}
