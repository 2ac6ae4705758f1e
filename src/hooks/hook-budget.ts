import {
  type BudgetLimits,
  type ClaimOrder,
  openBudget,
  type Turn,
  takeFromBudget,
} from '../budgets/index.ts';
import { type Db, withTx } from '../db/index.ts';
import type { Hook } from './hook.ts';
import { HOOK_TIMEOUT_MS } from './hook-sender.ts';
import { type ClaimedDelivery, claimDeliveries } from './sql/claim-deliveries.ts';
import { commitAtOnce } from './sql/commit-at-once.ts';
import { countClaimed } from './sql/count-claimed.ts';
import { keepActiveHook } from './sql/keep-active-hook.ts';

/** For all workers together, where an operator has set nothing else for the hook. */
const hookDefaults: BudgetLimits = { concurrency: 4, perSecond: null };
/** So long after its first try a delivery is tried again. */
const GIVE_UP_SECONDS = 86_400;
/** A try may be a token, the request, another token and the request again; each waits for a connection first. */
const TRY_SECONDS = (4 * 2 * HOOK_TIMEOUT_MS) / 1000;

export interface ReadyDelivery extends ClaimedDelivery {
  /** Its hook, as `hookKey` takes it. */
  readonly place: string;
  readonly hook: Hook;
}

/** The key of the budget of a hook: `hook 5`. With an empty `id` it is what all of these begin with. */
export function hookKey(id: number | string): string {
  return `hook ${id}`;
}

/** Claims what the budget of a hook allows, `limit` at most, the longest due first. One transaction; workers take turns. */
export async function claimForHook(
  db: Db,
  claim: ClaimOrder & { readonly hookId: number; readonly leaseSeconds: number },
): Promise<Turn<ReadyDelivery>> {
  const { hookId, token, now, leaseSeconds, limit, ended } = claim;
  const key = hookKey(hookId);
  return withTx(db, async (tx) => {
    // A claim that is lost with the machine is a delivery that is due again, and its outcome finds no token.
    await commitAtOnce(tx);
    const hook = await keepActiveHook(tx, hookId);
    if (hook === undefined) return { rows: [], held: 0, isFull: false, nextAt: null };
    const allowance = await openBudget(tx, key, hookDefaults, now);
    const granted = allowance.grant(limit, await countClaimed(tx, hookId, now, ended));
    const { nextAt } = allowance;
    if (granted === 0) return { rows: [], held: 0, isFull: nextAt === null, nextAt };
    const claimed = await claimDeliveries(tx, {
      ...{ hookId, token, now, giveUpSeconds: GIVE_UP_SECONDS, limit: granted },
      leaseSeconds: leaseSeconds + TRY_SECONDS,
    });
    if (allowance.hasRate) await takeFromBudget(tx, key, claimed.length, now);
    const rows = claimed.map((delivery) => ({ ...delivery, place: String(hookId), hook }));
    return { rows, held: 0, isFull: false, nextAt: null, mayHaveMore: rows.length === granted };
  });
}
