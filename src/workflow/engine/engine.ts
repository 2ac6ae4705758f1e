import { type Clock, newUuid, type Signals } from '../../base/index.ts';
import { type ClaimLoop, createClaimLoop, type Db } from '../../db/index.ts';
import type { AddRunCounts } from '../run-counts.ts';
import { claimRuns } from '../sql/claim-runs.ts';
import { findDueVersions } from '../sql/find-due-versions.ts';
import type { SegmentsEntered } from '../triggers/start-triggered.ts';
import { type HeldBatch, RunHolder } from './held-runs.ts';
import { type ProcessDeps, processByHalves, type RunBatch } from './process-runs.ts';
import { Turns } from './turns.ts';
import { createVersionCache } from './version-cache.ts';
import type { Walked } from './walk-batch.ts';
import { WalkNews, type WalkNewsDeps } from './walk-news.ts';

/** Runs of one version that are walked at once. */
const BATCH_RUNS = 500;
/** How late a delay may end, and how long runs wait that another process has started. */
const IDLE_MS = 500;

export interface EngineDeps extends WalkNewsDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly signals: Signals;
  readonly leaseSeconds: number;
  readonly concurrency: number;
  readonly addRunCounts: AddRunCounts;
  /** Finds who has come into segments by what runs change; absent = no trigger waits for that. */
  readonly segmentsEntered?: SegmentsEntered;
}

/**
 * The loop that walks runs. Those of workflows that change no profiles are held by their locks; the others, and those of a
 * version whose last batch failed, are claimed by token and lease, so that what cannot be walked keeps itself back and
 * nobody else. A batch that PostgreSQL refuses is halved until the run at fault stands alone; that one fails with the
 * reason, the others go on.
 */
export function createEngine(deps: EngineDeps): ClaimLoop {
  const { db, clock, log, signals, leaseSeconds } = deps;
  const versions = createVersionCache();
  const turns = new Turns();
  const processDeps: ProcessDeps = {
    db,
    log,
    addRunCounts: deps.addRunCounts,
    segmentsEntered: deps.segmentsEntered,
    beforeWalk: () => signals.reach('engine.claimed'),
    beforeCommit: () => signals.reach('engine.before-commit'),
  };

  const holder = new RunHolder(processDeps, { leaseSeconds, limit: BATCH_RUNS });

  async function claim(): Promise<RunBatch | HeldBatch | undefined> {
    for (const due of turns.order(await findDueVersions(db, clock.now()))) {
      // Before it is claimed, so that claims that run side by side begin with different versions.
      turns.take(due);
      const known = versions.peek(due);
      if (known !== undefined && holder.holds(due, known)) {
        const held = await holder.hold(due, known, clock.now());
        if (held === undefined) continue;
        return held;
      }
      const now = clock.now();
      const token = newUuid();
      const leaseEnd = new Date(now.getTime() + leaseSeconds * 1000);
      const runs = await claimRuns(db, due, { token, now, leaseEnd, limit: BATCH_RUNS });
      if (runs.length === 0) continue;
      // After the claim, so that a version that cannot be read keeps its own runs back for a lease and nobody else's.
      const { databaseId, definition } = await versions.load(db, due);
      return { version: { ...due, databaseId }, definition, token, runs };
    }
    return undefined;
  }

  function tell(walked: Walked): number {
    const news = new WalkNews(deps);
    news.note(walked);
    news.tell();
    return walked.runs;
  }

  async function settleClaimed(batch: RunBatch): Promise<number> {
    await processDeps.beforeWalk();
    const settled = await processByHalves(processDeps, batch, clock, tell);
    holder.trust(batch.version);
    return settled;
  }

  return createClaimLoop<RunBatch | HeldBatch>({
    name: 'engine',
    concurrency: deps.concurrency,
    idleMs: IDLE_MS,
    clock,
    log,
    signals,
    claim,
    work: async (batch) => {
      const settled =
        'tx' in batch ? await holder.settle(batch, clock.now(), tell) : await settleClaimed(batch);
      await signals.reach('engine.after-commit');
      return settled;
    },
  });
}
