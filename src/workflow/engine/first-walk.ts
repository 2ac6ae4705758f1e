import type { Db } from '../../db/index.ts';
import type { RunCounts } from '../run-counts.ts';
import type { ClaimedRun } from '../sql/claim-runs.ts';
import { insertRuns, type NewRun, type RunEntry } from '../sql/insert-runs.ts';
import type { WalkNewRuns } from '../start-runs.ts';
import { createVersionCache } from './version-cache.ts';
import { knownEmails, type WalkDeps, walkBatch } from './walk-batch.ts';
import { WalkNews, type WalkNewsDeps } from './walk-news.ts';

export interface FirstWalkDeps extends WalkDeps, WalkNewsDeps {}

/** The first walk of the runs that one transaction starts. */
export interface FirstWalk {
  /** Walks new runs from their start node and stores them where they have come to. */
  readonly walk: WalkNewRuns;
  /** To be called when the transaction has committed. */
  readonly committed: () => void;
}

function toClaimed(run: NewRun, { startNode, depth }: RunEntry): ClaimedRun {
  const { slot, id, profileId, taskId, share, contextId, content, customData } = run;
  return {
    ...{ slot, id, profileId, taskId, share, contextId, content, customData, depth },
    ...{ node: startNode, status: 'active', resume: null, reason: null, steps: 0, saved: null },
  };
}

function toldOf({ profileId, told }: NewRun) {
  return told && { profileId, email: told.email };
}

/**
 * Lets the transaction that starts runs walk them as well, so that a run is written once, where it first rests, and not
 * at its start, at its claim and at its rest. What it queues is written with it; a crash leaves nothing of either.
 */
export function createFirstWalks(deps: FirstWalkDeps): () => FirstWalk {
  const versions = createVersionCache();
  return () => {
    const news = new WalkNews(deps);
    async function walk(
      tx: Db,
      entry: RunEntry,
      runs: readonly NewRun[],
      now: Date,
      counts: RunCounts,
    ): Promise<void> {
      const { workflowId, version, databaseId } = entry;
      const { definition } = await versions.load(tx, { workflowId, version });
      const starting = runs.filter((run) => run.endedBecause === null);
      const walked = await walkBatch(
        deps,
        tx,
        {
          version: { workflowId, version, databaseId },
          definition,
          runs: starting.map((run) => toClaimed(run, entry)),
          emails: definition.changesProfiles ? undefined : knownEmails(starting.map(toldOf)),
          store: (settled) => insertRuns(tx, entry, runs, now, settled),
        },
        now,
        counts,
      );
      news.note(walked);
    }
    return { walk, committed: () => news.tell() };
  };
}
