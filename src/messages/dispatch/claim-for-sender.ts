import { type Db, withTx } from '../../db/index.ts';
import { claimMessages, MESSAGE_SHARES, type SenderClaim } from '../sql/claim-messages.ts';
import { countClaimedMessages } from '../sql/count-claimed-messages.ts';
import type { ClaimedMessage } from './claimed-message.ts';
import type { MessageDispatcherDeps } from './message-dispatcher-deps.ts';
import { type SenderLimits, senderKey } from './sender-budget.ts';

export interface SenderTurn {
  readonly messages: readonly ClaimedMessage[];
  /** Messages of paused workflows that were put aside. */
  readonly held: number;
  /** Why nothing was claimed: as much is under way as may be, or until then the sender is to be left alone. */
  readonly isFull: boolean;
  readonly nextAt: Date | null;
}

/** Claims what the budget of a sender allows, `limit` at most. One transaction; workers take turns at a sender. */
export async function claimForSender(
  deps: Pick<MessageDispatcherDeps, 'budgets' | 'pausedWorkflows'> & { readonly db: Db },
  limits: SenderLimits,
  claim: Pick<SenderClaim, 'senderId' | 'token' | 'now' | 'leaseSeconds' | 'limit'>,
): Promise<SenderTurn> {
  const { senderId, now, limit } = claim;
  const key = senderKey(senderId);
  return withTx(deps.db, async (tx) => {
    const allowance = await deps.budgets.open(tx, key, limits, now);
    const granted = allowance.grant(limit, await countClaimedMessages(tx, senderId, now));
    const { nextAt } = allowance;
    if (granted === 0) return { messages: [], held: 0, isFull: nextAt === null, nextAt };
    const pausedIds = await deps.pausedWorkflows(tx);
    const firstShare = Math.floor(Math.random() * MESSAGE_SHARES);
    const found = await claimMessages(tx, { ...claim, limit: granted, firstShare, pausedIds });
    await deps.budgets.take(tx, key, found.messages.length, now);
    return { ...found, isFull: false, nextAt: null };
  });
}
