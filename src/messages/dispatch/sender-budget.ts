import {
  type BudgetLimits,
  type ClaimOrder,
  openBudget,
  type Turn,
  takeFromBudget,
} from '../../budgets/index.ts';
import { withTx } from '../../db/index.ts';
import { claimMessages } from '../sql/claim-messages.ts';
import { countClaimedMessages } from '../sql/count-claimed-messages.ts';
import type { ClaimedMessage } from './claimed-message.ts';
import type { MessageDispatcherDeps } from './message-dispatcher-deps.ts';

/** Of a sender that is gone: its messages are claimed so that they can fail. */
const noLimits: BudgetLimits = { concurrency: null, perSecond: null };

/** The key of the budget of a sender: `sender 7`. */
export function senderKey(senderId: number): string {
  return `sender ${senderId}`;
}

/** Claims what the budget of a sender allows, `limit` at most. One transaction; workers take turns at a sender. */
export async function claimForSender(
  deps: Pick<MessageDispatcherDeps, 'db' | 'loadSender' | 'pausedWorkflows' | 'leaseSeconds' | 'tryMs'>,
  place: string,
  claim: ClaimOrder,
): Promise<Turn<ClaimedMessage>> {
  const { now, limit, ended } = claim;
  const senderId = Number(place);
  const key = senderKey(senderId);
  const sender = await deps.loadSender(deps.db, senderId);
  const leaseSeconds = deps.leaseSeconds + Math.ceil(deps.tryMs / 1000);
  return withTx(deps.db, async (tx) => {
    const allowance = await openBudget(tx, key, sender?.limits ?? noLimits, now);
    const granted = allowance.grant(limit, await countClaimedMessages(tx, senderId, now, ended));
    const { nextAt } = allowance;
    if (granted === 0) return { rows: [], held: 0, isFull: nextAt === null, nextAt };
    const pausedIds = await deps.pausedWorkflows(tx);
    const order = { ...claim, place, leaseSeconds, limit: granted, pausedIds };
    const { messages, held } = await claimMessages(tx, order);
    if (allowance.hasRate) await takeFromBudget(tx, key, messages.length, now);
    const mayHaveMore = messages.length + held === granted;
    return { rows: messages, held, isFull: false, nextAt: null, mayHaveMore };
  });
}
