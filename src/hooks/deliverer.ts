import type { Clock, Log, Signals } from '../base/index.ts';
import { type BreakerChange, createDispatcher, type Dispatch, type Ending } from '../budgets/index.ts';
import { type ClaimLoop, type Db, withTxOrRefusal } from '../db/index.ts';
import { claimForHook, hookKey, type ReadyDelivery } from './hook-budget.ts';
import type { HookSender } from './hook-sender.ts';
import { judgeDelivery, judgeReach, nextTry, type Verdict } from './judge-delivery.ts';
import { findDueHooks } from './sql/find-due-hooks.ts';
import { releaseDeliveries } from './sql/release-deliveries.ts';
import { type SettledDelivery, settleDeliveries } from './sql/settle-deliveries.ts';
import { switchOffHooks } from './sql/switch-off-hooks.ts';

const GONE_REASON = 'the target answered HTTP 410, which asks to be told no more';

export interface DelivererDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly signals: Signals;
  readonly sender: HookSender;
  readonly leaseSeconds: number;
  /** Places of this process: deliveries that are under way, or whose outcome is not written. One hook takes half at most. */
  readonly concurrency: number;
  /** Tells the cutter that hooks have room for further deliveries. */
  readonly wakeCutter: () => void;
  /** Is told that the breaker of a budget has opened or closed, for the metrics. */
  readonly onBreaker?: (key: string, change: BreakerChange) => void;
}

interface Landed extends SettledDelivery {
  /** The hook to switch off. */
  readonly goneHookId: number | null;
}

function toLanded(
  { id, hook, attempts, giveUpAt }: ReadyDelivery,
  token: string,
  verdict: Verdict,
  now: Date,
): Landed {
  const { isDone, isGone, httpStatus, fault, answer } = verdict;
  const dueAt = isDone ? null : nextTry(verdict, attempts + 1, giveUpAt, now);
  const status = isDone ? 'done' : dueAt === null ? 'parked' : 'queued';
  return { id, token, status, dueAt, httpStatus, fault, answer, goneHookId: isGone ? hook.id : null };
}

async function carryDelivery(
  { db, clock, signals, sender }: DelivererDeps,
  delivery: ReadyDelivery,
  token: string,
  stopping: AbortSignal,
): Promise<Ending<ReadyDelivery, Landed>> {
  const { hook } = delivery;
  const outcome = await sender.send(hook, delivery, stopping);
  await signals.reach('hook.after-send');
  if (stopping.aborted && outcome.kind === 'fault') {
    // Cut off by the stop: it is given back as if it were not tried.
    return { row: delivery, token, outcome: undefined, reach: undefined, reason: null };
  }
  const now = clock.now();
  const verdict = await judgeDelivery(db, hook.successPattern, outcome, now);
  const landed = toLanded(delivery, token, verdict, now);
  return { row: delivery, token, outcome: landed, reach: judgeReach(outcome), reason: verdict.fault };
}

async function settle(db: Db, landed: readonly Landed[], now: Date): Promise<number> {
  const gone = landed.flatMap(({ goneHookId }) => goneHookId ?? []);
  if (gone.length > 0) await switchOffHooks(db, gone, GONE_REASON, now);
  return settleDeliveries(db, landed, now);
}

/** The outbox of deliveries: the place of a delivery is its hook. */
function hookDispatch(deps: DelivererDeps): Dispatch<ReadyDelivery, Landed> {
  const { db, leaseSeconds, onBreaker } = deps;
  return {
    ...{ db, clock: deps.clock, log: deps.log, signals: deps.signals },
    ...{ name: 'hook', places: deps.concurrency, budgetKey: hookKey, onSettled: deps.wakeCutter },
    ...(onBreaker === undefined ? {} : { onBreaker }),
    findDue: (search) => findDueHooks(db, search),
    claim: (place, claim) => claimForHook(db, { hookId: Number(place), leaseSeconds, ...claim }),
    carry: async (deliveries, token, stopping, tell) => {
      // One that meets a fault keeps none of the others from being told of.
      const carried = await Promise.allSettled(
        deliveries.map(async (delivery) => tell(await carryDelivery(deps, delivery, token, stopping))),
      );
      for (const one of carried) if (one.status === 'rejected') throw one.reason;
    },
    settle: (landed, now) => withTxOrRefusal(db, (tx) => settle(tx, landed, now)),
    release: async (claims, now) => {
      const claimed = claims.map(({ row, token }) => ({ id: row.id, token }));
      await releaseDeliveries(db, claimed, now);
    },
  };
}

/**
 * The loop that sends deliveries, hook by hook in turn. `stop` lets those under way end; those that take too long are cut
 * off and are due again at once.
 */
export function createDeliverer(deps: DelivererDeps): ClaimLoop {
  return createDispatcher(hookDispatch(deps));
}
