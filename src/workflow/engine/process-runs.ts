import type { Clock, Outcome } from '../../base/index.ts';
import { type Db, type Refusal, withTx, withTxOrRefusal } from '../../db/index.ts';
import { lockProfiles } from '../../profiles/index.ts';
import { type AddRunCounts, RunCounts } from '../run-counts.ts';
import { lockClaimedRuns } from '../sql/lock-claimed-runs.ts';
import { settleRuns } from '../sql/settle-runs.ts';
import { trailStep } from '../trail.ts';
import { noTriggerFigures } from '../triggers/start-triggered.ts';
import { type WalkBatch, type WalkDeps, type Walked, walkBatch } from './walk-batch.ts';

/** Claimed runs of one version. */
export interface RunBatch extends Pick<WalkBatch, 'version' | 'definition' | 'runs'> {
  readonly token: string;
}

export interface ProcessDeps extends WalkDeps {
  readonly db: Db;
  readonly addRunCounts: AddRunCounts;
  /** Passed when runs were claimed. */
  readonly beforeWalk: () => Promise<void> | void;
  /** Passed before the commit. */
  readonly beforeCommit: () => Promise<void> | void;
}

/**
 * Walks the runs of the batch that still carry its token, in one transaction. Locks: profiles, runs, calls, node counts,
 * tasks, each in order of its key.
 * @returns a refusal when PostgreSQL does not take what one of them would write; then nothing was written.
 */
async function processRuns(deps: ProcessDeps, batch: RunBatch, now: Date): Promise<Outcome<Walked, Refusal>> {
  return withTxOrRefusal(deps.db, async (tx) => {
    const ids = [...new Set(batch.runs.map((run) => run.profileId))];
    const profiles = batch.definition.changesProfiles
      ? await lockProfiles(tx, batch.version.databaseId, ids)
      : undefined;
    const held = await lockClaimedRuns(tx, batch.runs, batch.token);
    const runs = batch.runs.filter((run) => held.has(run.id));
    if (runs.length === 0) return { runs: 0, calls: 0, messages: 0, triggered: noTriggerFigures() };
    const counts = new RunCounts();
    const { version, definition } = batch;
    const store: WalkBatch['store'] = (settled) => settleRuns(tx, settled, now);
    const walked = await walkBatch(deps, tx, { version, definition, runs, profiles, store }, now, counts);
    await counts.write(tx, deps.addRunCounts);
    await deps.beforeCommit();
    return walked;
  });
}

/** Ends one run as failed: for what PostgreSQL refuses also when the run is alone. */
async function failRun(deps: ProcessDeps, batch: RunBatch, reason: string, now: Date): Promise<void> {
  const { workflowId, version } = batch.version;
  await withTx(deps.db, async (tx) => {
    const held = await lockClaimedRuns(tx, batch.runs, batch.token);
    const counts = new RunCounts();
    const settled = batch.runs
      .filter((run) => held.has(run.id))
      .map(({ slot, id, node, steps, taskId, status }) => {
        counts.pass({ workflowId, version, node, outcome: 'failed', passed: 1 });
        counts.move(taskId, status, 'failed');
        counts.events.end({ slot, id });
        return {
          ...{ slot, id, node, steps, reason },
          ...{ status: 'failed' as const, dueAt: null, effectId: null, resume: null },
          ...{ waitEvent: null, waitMessage: null, trail: [trailStep(node, 'failed', now, reason)] },
        };
      });
    await settleRuns(tx, settled, now);
    await counts.events.write(tx, now);
    await counts.write(tx, deps.addRunCounts);
  });
}

/**
 * Walks the claimed runs; where PostgreSQL refuses what they would write, in halves, until the run at fault stands alone
 * and fails with the reason.
 * @param tell is told of what was walked, and says how many runs that were.
 */
export async function processByHalves(
  deps: ProcessDeps,
  batch: RunBatch,
  clock: Clock,
  tell: (walked: Walked) => number,
): Promise<number> {
  const processed = await processRuns(deps, batch, clock.now());
  if (processed.ok) return tell(processed.value);
  const [run] = batch.runs;
  if (batch.runs.length === 1 && run !== undefined) {
    const { sqlState, message } = processed.error;
    deps.log.warn(
      { run: run.id, node: run.node, sqlState, message },
      'a run failed: PostgreSQL refuses its data',
    );
    await failRun(deps, batch, `its data cannot be stored (SQLSTATE ${sqlState})`, clock.now());
    return 1;
  }
  const middle = Math.ceil(batch.runs.length / 2);
  const first = await processByHalves(deps, { ...batch, runs: batch.runs.slice(0, middle) }, clock, tell);
  return first + (await processByHalves(deps, { ...batch, runs: batch.runs.slice(middle) }, clock, tell));
}
