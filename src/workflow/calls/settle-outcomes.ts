import { type Db, withTx } from '../../db/index.ts';
import { lockResumingRuns, type ResumingRun } from '../sql/lock-resuming-runs.ts';
import { type RunFacts, selectRunFacts } from '../sql/select-run-facts.ts';
import { type EndedCall, type SettledCall, settleCalls } from '../sql/settle-calls.ts';
import { writeCallEvents } from './call-events.ts';
import type { ResumedRun, ResumeWalk } from './resume-walk.ts';

/**
 * Writes the events of calls that are settled for good, in the transaction that settles them.
 * @param runs what is told of their runs, by id.
 */
export type WriteCallEvents = (
  tx: Db,
  calls: readonly EndedCall[],
  runs: ReadonlyMap<string, RunFacts>,
  now: Date,
) => Promise<void>;

export interface Settling {
  readonly now: Date;
  readonly tell?: WriteCallEvents | undefined;
  /** Walks the runs that go on; absent = the engine does. */
  readonly walk?: ResumeWalk | undefined;
}

export interface SettledOutcomes {
  /** How many outcomes were written: not those of claims that others have taken over. */
  readonly written: number;
  /** How many calls are settled for good without that their run was walked: there may be work for the engine. */
  readonly left: number;
}

/** The runs of the batch that are to be walked, with all that is known of them. */
function resumedRuns(
  resuming: readonly ResumingRun[],
  outcomes: readonly SettledCall[],
  ended: readonly EndedCall[],
  facts: ReadonlyMap<string, RunFacts>,
): ResumedRun[] {
  const byCall = new Map(resuming.map((one) => [one.callId, one]));
  const outcomeOf = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  return ended.flatMap((call) => {
    const [waiting, outcome] = [byCall.get(call.id), outcomeOf.get(call.id)];
    if (waiting === undefined || outcome === undefined) return [];
    return [{ resuming: waiting, outcome, ended: call, facts: facts.get(call.runId) }];
  });
}

/**
 * Writes outcomes with their events, and lets the runs go on that wait for them, in one transaction: first it locks the
 * runs, then their calls.
 */
export async function settleOutcomes(
  db: Db,
  outcomes: readonly SettledCall[],
  { now, tell = writeCallEvents, walk }: Settling,
): Promise<SettledOutcomes> {
  return withTx(db, async (tx) => {
    const chosen = await walk?.choose(tx, outcomes);
    const keys = outcomes.map((outcome) => {
      const { slot, id, runId } = outcome;
      return { slot, id, runId, walks: chosen?.has(outcome) ?? false };
    });
    const resuming = await lockResumingRuns(tx, keys);
    const walked = new Set(resuming.map(({ callId }) => callId));
    const { written, ended } = await settleCalls(tx, outcomes, walked, now);
    if (ended.length === 0) return { written, left: 0 };
    const facts = await selectRunFacts(
      tx,
      ended.map(({ slot, runId }) => ({ slot, id: runId })),
    );
    await tell(tx, ended, facts, now);
    const runs = resumedRuns(resuming, outcomes, ended, facts);
    if (runs.length > 0) await walk?.walk(tx, runs, now);
    return { written, left: ended.length - runs.length };
  });
}
