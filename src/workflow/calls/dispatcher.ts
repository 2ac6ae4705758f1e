import { type Outcome, toError } from '../../base/index.ts';
import { createDispatcher, type Dispatch, type Ending, findDuePlaces } from '../../budgets/index.ts';
import { type ClaimLoop, type Refusal, withTxOrRefusal } from '../../db/index.ts';
import type { TargetOutcome } from '../../outbound/index.ts';
import { type ClaimedCall, callOutbox } from '../sql/claim-calls.ts';
import { releaseCalls } from '../sql/release-calls.ts';
import type { SettledCall } from '../sql/settle-calls.ts';
import type { DispatcherDeps } from './dispatcher-deps.ts';
import { claimForHost, hostKey } from './host-budget.ts';
import { judgeLost, judgeOutcome, judgeReach, outcomeLabel } from './judge-outcome.ts';
import type { ResumeWalk } from './resume-walk.ts';
import { settleOutcomes } from './settle-outcomes.ts';

/** Bytes of an answer that are read; a run keeps no more. */
const MAX_ANSWER_BYTES = 262_144;

type CallEnding = Ending<ClaimedCall, SettledCall>;

async function send(deps: DispatcherDeps, call: ClaimedCall, stopping: AbortSignal): Promise<TargetOutcome> {
  const { client, signals, observeCall } = deps;
  const started = performance.now();
  const { request } = call;
  const outcome = await client.request({
    method: request.method,
    url: request.url,
    // The same on every try, so that the target can recognise one that it has taken before.
    headers: { 'user-agent': 'Muster', ...request.headers, 'idempotency-key': call.id },
    ...(request.body === null ? {} : { body: request.body }),
    timeoutMs: request.timeoutMs,
    maxBytes: MAX_ANSWER_BYTES,
    signal: stopping,
  });
  observeCall(performance.now() - started, outcomeLabel(outcome));
  await signals.reach('call.after-send');
  return outcome;
}

function toEnding(
  call: ClaimedCall,
  token: string,
  outcome: TargetOutcome,
  now: Date,
  cutOff: boolean,
): CallEnding {
  if (cutOff && outcome.kind === 'fault') {
    // Cut off by the stop. One that may be repeated is given back as if it were not tried.
    const isKnown = !outcome.sent || call.onUnknown === 'repeat';
    const judged = isKnown ? undefined : judgeOutcome(call, token, outcome, now);
    return { row: call, token, outcome: judged, reach: undefined, reason: null };
  }
  return {
    row: call,
    token,
    outcome: judgeOutcome(call, token, outcome, now),
    reach: judgeReach(outcome),
    reason: outcome.kind === 'answer' ? `the answer was HTTP ${outcome.status}` : outcome.reason,
  };
}

async function carryCall(
  deps: DispatcherDeps,
  call: ClaimedCall,
  token: string,
  stopping: AbortSignal,
): Promise<CallEnding> {
  const lost = judgeLost(call, token);
  if (lost !== undefined) return { row: call, token, outcome: lost, reach: undefined, reason: null };
  const outcome = await send(deps, call, stopping);
  return toEnding(call, token, outcome, deps.clock.now(), stopping.aborted);
}

/**
 * Settles and walks the runs that go on. Where that meets a fault, or a refusal by PostgreSQL, nothing is written.
 * @returns undefined when it is to be done without the walk.
 */
async function settleWalking(
  { db, log, writeCallEvents: tell, wakeEngine }: DispatcherDeps,
  startWalk: () => ResumeWalk,
  outcomes: readonly SettledCall[],
  now: Date,
): Promise<number | undefined> {
  let walk: ResumeWalk | undefined;
  try {
    const settled = await withTxOrRefusal(db, async (tx) => {
      // Anew for each attempt, or what one that was undone has counted would be counted too.
      walk = startWalk();
      return settleOutcomes(tx, outcomes, { now, tell, walk });
    });
    if (!settled.ok) return undefined;
    const hasLeft = walk?.committed() ?? false;
    if (hasLeft || settled.value.left > 0) wakeEngine();
    return settled.value.written;
  } catch (thrown) {
    log.error(
      { err: toError(thrown), calls: outcomes.length },
      'the runs of calls could not be walked at once',
    );
    return undefined;
  }
}

/** The walk keeps no outcome back: where it is in the way, the engine walks the runs, and finds the one at fault. */
async function settle(
  deps: DispatcherDeps,
  outcomes: readonly SettledCall[],
  now: Date,
): Promise<Outcome<number, Refusal>> {
  const { db, writeCallEvents: tell, wakeEngine, startWalk } = deps;
  const written = startWalk && (await settleWalking(deps, startWalk, outcomes, now));
  if (written !== undefined) return { ok: true, value: written };
  const settled = await withTxOrRefusal(db, (tx) => settleOutcomes(tx, outcomes, { now, tell }));
  if (!settled.ok) return settled;
  wakeEngine();
  return { ok: true, value: settled.value.written };
}

/** The outbox of API calls: the place of a call is the host that it goes to. */
function callDispatch(deps: DispatcherDeps): Dispatch<ClaimedCall, SettledCall> {
  const { db, leaseSeconds, onBreaker } = deps;
  return {
    ...{ db, clock: deps.clock, log: deps.log, signals: deps.signals },
    ...{ name: 'call', places: deps.concurrency, budgetKey: hostKey, onSettled: () => {} },
    ...(onBreaker === undefined ? {} : { onBreaker }),
    findDue: (search) => findDuePlaces(db, callOutbox, search),
    claim: (place, claim) => claimForHost(db, { place, leaseSeconds, ...claim }),
    carry: async (calls, token, stopping, tell) => {
      await Promise.all(calls.map(async (call) => tell(await carryCall(deps, call, token, stopping))));
    },
    settle: (outcomes, now) => settle(deps, outcomes, now),
    release: (claims, now) =>
      releaseCalls(
        db,
        claims.map(({ row: { slot, id }, token }) => ({ slot, id, token })),
        now,
      ),
  };
}

/**
 * The loop that sends API calls, host by host in turn. `stop` lets calls under way end; those that take too long are cut
 * off and are due again at once, except those whose node does not let them be repeated.
 */
export function createCallDispatcher(deps: DispatcherDeps): ClaimLoop {
  return createDispatcher(callDispatch(deps));
}
