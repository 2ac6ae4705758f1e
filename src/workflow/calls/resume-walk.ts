import { groupBy } from '../../base/index.ts';
import type { Db } from '../../db/index.ts';
import { createVersionCache } from '../engine/version-cache.ts';
import { knownEmails, type WalkDeps, walkBatch } from '../engine/walk-batch.ts';
import { WalkNews, type WalkNewsDeps } from '../engine/walk-news.ts';
import { type AddRunCounts, RunCounts } from '../run-counts.ts';
import type { ClaimedRun } from '../sql/claim-runs.ts';
import { versionKey } from '../sql/find-due-versions.ts';
import type { ResumingRun } from '../sql/lock-resuming-runs.ts';
import type { RunFacts } from '../sql/select-run-facts.ts';
import type { EndedCall, SettledCall } from '../sql/settle-calls.ts';
import { settleRuns } from '../sql/settle-runs.ts';

/** Each costs a walk of its own, and outcomes wait for one another: those of further versions are left to the engine. */
const MAX_VERSIONS = 4;

export interface ResumeWalkDeps extends WalkDeps, WalkNewsDeps {
  readonly addRunCounts: AddRunCounts;
}

/** The walk of the runs that one transaction makes go on. */
export interface ResumeWalk {
  /** The outcomes whose runs it can walk: the runs of the others are made due for the engine. */
  choose(tx: Db, outcomes: readonly SettledCall[]): Promise<ReadonlySet<SettledCall>>;
  /** Walks the runs of calls that are settled for good. The transaction has locked them. */
  walk(tx: Db, runs: readonly ResumedRun[], now: Date): Promise<void>;
  /** To be called when the transaction has committed. @returns whether something is left to the engine. */
  committed(): boolean;
}

export interface ResumedRun {
  readonly resuming: ResumingRun;
  readonly outcome: SettledCall;
  readonly ended: EndedCall;
  /** Undefined = to be read. */
  readonly facts: RunFacts | undefined;
}

/** The run as the engine would claim it after the settling. */
function toClaimed({ resuming: { run }, outcome, ended }: ResumedRun): ClaimedRun {
  return {
    ...run,
    resume: ended.status === 'failed' ? 'error' : 'next',
    reason: ended.fault ?? (ended.httpStatus === null ? null : `HTTP ${ended.httpStatus}`),
    saved: outcome.saved === null ? run.saved : { ...run.saved, ...outcome.saved },
  };
}

/**
 * Lets the transaction that settles calls walk their runs as well, so that a run is written once, where it next rests,
 * and not by the outcome, by the engine's claim, and at its rest. Only where a workflow changes no profiles: their locks
 * come before those of runs.
 */
export function createResumeWalks(deps: ResumeWalkDeps): () => ResumeWalk {
  const versions = createVersionCache();
  return () => {
    const counts = new RunCounts();
    const news = new WalkNews(deps);

    async function choose(tx: Db, outcomes: readonly SettledCall[]): Promise<ReadonlySet<SettledCall>> {
      const settled = outcomes.filter(({ dueAt, isParked }) => dueAt === null && !isParked);
      const groups = [...groupBy(settled, versionKey).values()]
        .sort((left, right) => right.length - left.length)
        .slice(0, MAX_VERSIONS);
      const chosen = new Set<SettledCall>();
      for (const group of groups) {
        const [first] = group;
        if (first === undefined) continue;
        const { definition } = await versions.load(tx, first);
        if (!definition.changesProfiles) for (const outcome of group) chosen.add(outcome);
      }
      return chosen;
    }

    async function walkVersion(tx: Db, runs: readonly ResumedRun[], now: Date): Promise<void> {
      const [first] = runs;
      if (first === undefined) return;
      const { workflowId, version } = first.resuming;
      const { databaseId, definition } = await versions.load(tx, { workflowId, version });
      const walked = await walkBatch(
        deps,
        tx,
        {
          version: { workflowId, version, databaseId },
          definition,
          // In the order of starting, as the engine takes them.
          runs: runs.map(toClaimed).sort((left, right) => (left.id < right.id ? -1 : 1)),
          emails: knownEmails(runs.map(({ facts }) => facts)),
          store: (settled) => settleRuns(tx, settled, now),
        },
        now,
        counts,
      );
      news.note(walked);
    }

    return {
      choose,
      walk: async (tx, runs, now) => {
        const groups = groupBy(runs, ({ resuming }) => versionKey(resuming));
        // In one order everywhere, so that those who walk side by side lock the runs that wait for theirs alike.
        for (const key of [...groups.keys()].sort()) await walkVersion(tx, groups.get(key) ?? [], now);
        await counts.write(tx, deps.addRunCounts);
      },
      committed: () => {
        news.tell();
        return counts.due > 0;
      },
    };
  };
}
