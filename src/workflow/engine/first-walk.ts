import type { Db } from '../../db/index.ts';
import type { RunCounts } from '../run-counts.ts';
import type { ClaimedRun } from '../sql/claim-runs.ts';
import { insertRuns, type NewRun, type RunEntry } from '../sql/insert-runs.ts';
import type { WalkNewRuns } from '../start-runs.ts';
import { type StoppedStarts, warnOfLoops } from '../triggers/start-triggered.ts';
import { createVersionCache } from './version-cache.ts';
import { type WalkDeps, walkBatch } from './walk-batch.ts';

export interface FirstWalkDeps extends WalkDeps {
  /** Tells the dispatcher that calls were queued. */
  readonly wakeCalls: () => void;
  /** Tells the dispatcher that messages were queued. */
  readonly wakeMessages: () => void;
  /** Is told how many runs were kept from starting because workflows start each other in a circle. */
  readonly observeLoops: (runs: number) => void;
}

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

/** Undefined where it is not known of all. */
function emailsOf(runs: readonly NewRun[]): Map<string, string | null> | undefined {
  const emails = new Map<string, string | null>();
  for (const { profileId, told } of runs) {
    if (told === undefined) return undefined;
    emails.set(profileId, told.email);
  }
  return emails;
}

/**
 * Lets the transaction that starts runs walk them as well, so that a run is written once, where it first rests, and not
 * at its start, at its claim and at its rest. What it queues is written with it; a crash leaves nothing of either.
 */
export function createFirstWalks(deps: FirstWalkDeps): () => FirstWalk {
  const versions = createVersionCache();
  return () => {
    const queued = { calls: 0, messages: 0 };
    const stopped: StoppedStarts[] = [];
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
          emails: definition.changesProfiles ? undefined : emailsOf(starting),
          store: (settled) => insertRuns(tx, entry, runs, now, settled),
        },
        now,
        counts,
      );
      queued.calls += walked.calls;
      queued.messages += walked.messages;
      stopped.push(...walked.triggered.stopped);
    }
    return {
      walk,
      committed: () => {
        if (queued.calls > 0) deps.wakeCalls();
        if (queued.messages > 0) deps.wakeMessages();
        warnOfLoops(deps.log, stopped);
        for (const { runs } of stopped) deps.observeLoops(runs);
      },
    };
  };
}
