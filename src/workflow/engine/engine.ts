import { type Clock, type Log, newUuid, type Signals } from '../../base/index.ts';
import { type ClaimLoop, createClaimLoop, type Db } from '../../db/index.ts';
import type { AddRunCounts } from '../run-counts.ts';
import { claimRuns } from '../sql/claim-runs.ts';
import { findDueVersions } from '../sql/find-due-versions.ts';
import { type SegmentsEntered, type StoppedStarts, warnOfLoops } from '../triggers/start-triggered.ts';
import { failRun, type ProcessDeps, processRuns, type RunBatch } from './process-runs.ts';
import { Turns } from './turns.ts';
import { createVersionCache } from './version-cache.ts';

/** Runs of one version that are walked at once. */
const BATCH_RUNS = 500;
/** How late a delay may end, and how long runs wait that another process has started. */
const IDLE_MS = 500;

export interface EngineDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly signals: Signals;
  readonly leaseSeconds: number;
  readonly concurrency: number;
  readonly addRunCounts: AddRunCounts;
  /** Tells the dispatcher that calls were queued. */
  readonly wakeCalls: () => void;
  /** Tells the dispatcher that messages were queued. */
  readonly wakeMessages?: () => void;
  /** Finds who has come into segments by what runs change; absent = no trigger waits for that. */
  readonly segmentsEntered?: SegmentsEntered;
  /** Is told how many runs a batch was kept from starting because workflows start each other in a circle. */
  readonly observeLoops?: (runs: number) => void;
}

/**
 * The loop that walks runs. A batch that PostgreSQL refuses is halved until the run at fault stands alone; that one
 * fails with the reason, the others go on.
 */
export function createEngine(deps: EngineDeps): ClaimLoop {
  const { db, clock, log, signals } = deps;
  const loadVersion = createVersionCache();
  const turns = new Turns();
  const processDeps: ProcessDeps = {
    db,
    log,
    addRunCounts: deps.addRunCounts,
    segmentsEntered: deps.segmentsEntered,
    beforeCommit: () => signals.reach('engine.before-commit'),
  };

  async function claim(): Promise<RunBatch | undefined> {
    for (const due of turns.order(await findDueVersions(db, clock.now()))) {
      // Before it is claimed, so that claims that run side by side begin with different versions.
      turns.take(due);
      const now = clock.now();
      const token = newUuid();
      const leaseEnd = new Date(now.getTime() + deps.leaseSeconds * 1000);
      const runs = await claimRuns(db, due, { token, now, leaseEnd, limit: BATCH_RUNS });
      if (runs.length === 0) continue;
      // After the claim, so that a version that cannot be read keeps its own runs back for a lease and nobody else's.
      const { databaseId, definition } = await loadVersion(db, due);
      return { version: { ...due, databaseId }, definition, token, runs };
    }
    return undefined;
  }

  function reportLoops(stopped: readonly StoppedStarts[]): void {
    warnOfLoops(log, stopped);
    for (const { runs } of stopped) deps.observeLoops?.(runs);
  }

  async function settle(batch: RunBatch): Promise<number> {
    const processed = await processRuns(processDeps, batch, clock.now());
    if (processed.ok) {
      const { runs, calls, messages, triggered } = processed.value;
      if (calls > 0) deps.wakeCalls();
      if (messages > 0) deps.wakeMessages?.();
      reportLoops(triggered.stopped);
      return runs;
    }
    const [run] = batch.runs;
    if (batch.runs.length === 1 && run !== undefined) {
      const { sqlState, message } = processed.error;
      log.warn(
        { run: run.id, node: run.node, sqlState, message },
        'a run failed: PostgreSQL refuses its data',
      );
      await failRun(processDeps, batch, `its data cannot be stored (SQLSTATE ${sqlState})`, clock.now());
      return 1;
    }
    const middle = Math.ceil(batch.runs.length / 2);
    const first = await settle({ ...batch, runs: batch.runs.slice(0, middle) });
    return first + (await settle({ ...batch, runs: batch.runs.slice(middle) }));
  }

  return createClaimLoop<RunBatch>({
    name: 'engine',
    concurrency: deps.concurrency,
    idleMs: IDLE_MS,
    clock,
    log,
    signals,
    claim,
    work: async (batch) => {
      await signals.reach('engine.claimed');
      const settled = await settle(batch);
      await signals.reach('engine.after-commit');
      return settled;
    },
  });
}
