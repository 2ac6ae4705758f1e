import { createDispatcher, type Dispatch, findDuePlaces } from '../../budgets/index.ts';
import { type ClaimLoop, withTxOrRefusal } from '../../db/index.ts';
import { messageOutbox } from '../sql/claim-messages.ts';
import { releaseMessages } from '../sql/release-messages.ts';
import { carryMessages } from './carry-messages.ts';
import type { ClaimedMessage } from './claimed-message.ts';
import type { MessageDispatcherDeps } from './message-dispatcher-deps.ts';
import { claimForSender, senderKey } from './sender-budget.ts';
import { SenderChannels } from './sender-channels.ts';
import { type MessageEnding, settleOutcomes } from './settle-outcomes.ts';

/** The outbox of messages: the place of a message is its sender, by its id. */
function messageDispatch(
  deps: MessageDispatcherDeps,
  channels: SenderChannels,
): Dispatch<ClaimedMessage, MessageEnding> {
  const { db, runs, onBreaker } = deps;
  return {
    ...{ db, clock: deps.clock, log: deps.log, signals: deps.signals },
    ...{ name: 'message', places: deps.concurrency, onSettled: deps.wakeEngine },
    ...(onBreaker === undefined ? {} : { onBreaker }),
    budgetKey: (place) => senderKey(Number(place)),
    findDue: (search) => findDuePlaces(db, messageOutbox, search),
    claim: (place, claim) => claimForSender(deps, place, claim),
    carry: (messages, token, stopping, tell) =>
      carryMessages({ ...deps, channels }, messages, token, stopping, tell),
    settle: (endings, now) =>
      withTxOrRefusal(db, async (tx) => (await settleOutcomes(tx, runs, endings, now)).size),
    release: (claims, now) =>
      releaseMessages(
        db,
        claims.map(({ row: { slot, id }, token }) => ({ slot, id, token })),
        now,
      ),
  };
}

/**
 * The loop that sends messages, sender by sender in turn. `stop` lets tries under way end; those that take too long are
 * cut off and are due again at once, except those whose node does not let them be repeated.
 */
export function createMessageDispatcher(deps: MessageDispatcherDeps): ClaimLoop {
  const channels = new SenderChannels(deps.log);
  const loop = createDispatcher(messageDispatch(deps, channels));
  return {
    ...loop,
    stop: async () => {
      await loop.stop();
      await channels.closeAll();
    },
  };
}
