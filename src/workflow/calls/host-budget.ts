import {
  type BudgetLimits,
  type ClaimOrder,
  openBudget,
  type Turn,
  takeFromBudget,
} from '../../budgets/index.ts';
import { type Db, withTx } from '../../db/index.ts';
import { type ClaimedCall, claimCalls } from '../sql/claim-calls.ts';
import { readHostLoad } from '../sql/read-host-load.ts';

/** For all workers together, where an operator has set nothing else for the host. */
const hostDefaults: BudgetLimits = { concurrency: 32, perSecond: null };

const KEY_PREFIX = 'host ';

/** The key of the budget of a host, which is the origin of its URLs: `host https://api.example`. */
export function hostKey(host: string): string {
  return KEY_PREFIX + host;
}

/** Claims what the budget of a host allows, `limit` at most. One transaction; workers take turns at a host. */
export async function claimForHost(
  db: Db,
  claim: ClaimOrder & { readonly place: string; readonly leaseSeconds: number },
): Promise<Turn<ClaimedCall>> {
  const { place: host, now, limit, ended } = claim;
  const key = hostKey(host);
  return withTx(db, async (tx) => {
    const allowance = await openBudget(tx, key, hostDefaults, now);
    const { underWay, pausedIds } = await readHostLoad(tx, { host, now, ended });
    const granted = allowance.grant(limit, underWay);
    const { nextAt } = allowance;
    if (granted === 0) return { rows: [], held: 0, isFull: nextAt === null, nextAt };
    const { calls, held } = await claimCalls(tx, { ...claim, limit: granted, pausedIds });
    if (allowance.hasRate) await takeFromBudget(tx, key, calls.length, now);
    const mayHaveMore = calls.length + held === granted;
    return { rows: calls, held, isFull: false, nextAt: null, mayHaveMore };
  });
}
