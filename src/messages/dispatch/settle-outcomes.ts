import { groupBy } from '../../base/index.ts';
import { type Db, withTx } from '../../db/index.ts';
import { writeEvents } from '../../hooks/index.ts';
import { lockProfiles, type StoredProfile } from '../../profiles/index.ts';
import { changeSubscriptions } from '../change-subscriptions.ts';
import { type EventSource, toMessageEvent } from '../message-event.ts';
import type { RunPort } from '../run-port.ts';
import { settleMessages } from '../sql/settle-messages.ts';
import type { ClaimedMessage } from './claimed-message.ts';
import { findSubscription } from './find-subscription.ts';
import type { MessageOutcome } from './judge-outcome.ts';

export interface MessageEnding {
  readonly message: ClaimedMessage;
  readonly outcome: MessageOutcome;
  /** As it was when the message was prepared. */
  readonly profile: StoredProfile | undefined;
}

function runKeys(endings: readonly MessageEnding[]): { slot: number; runId: string }[] {
  return endings.flatMap(({ message: { slot, runId } }) => (runId === null ? [] : [{ slot, runId }]));
}

function toSource({ message, profile }: MessageEnding): EventSource {
  const email = profile?.fields['email'];
  return {
    ...message,
    email: typeof email === 'string' ? email : null,
    subscription: (profile && findSubscription(profile.subscriptions, message)) ?? null,
  };
}

async function writeOutcomeEvents(
  tx: Db,
  runs: RunPort,
  written: readonly MessageEnding[],
  now: Date,
): Promise<void> {
  const told = written.filter(({ outcome }) => outcome.event !== null);
  if (told.length === 0) return;
  const customData = await runs.customData(tx, runKeys(told));
  for (const [databaseId, group] of groupBy(told, ({ message }) => message.databaseId)) {
    const events = group.flatMap((ending) => {
      const { event, settled } = ending.outcome;
      if (event === null) return [];
      const custom = customData.get(ending.message.runId ?? '') ?? null;
      return [toMessageEvent(event, toSource(ending), { reason: settled.reason }, custom)];
    });
    await writeEvents(tx, { databaseId, now }, events);
  }
}

/**
 * Writes outcomes with their events, marks addresses that take nothing, and lets the runs go on that wait for them, in
 * one transaction: it locks profiles, runs, messages.
 * @returns the ids of those that were written: not of claims that others have taken over.
 */
export async function settleOutcomes(
  db: Db,
  runs: RunPort,
  endings: readonly MessageEnding[],
  now: Date,
): Promise<Set<string>> {
  return withTx(db, async (tx) => {
    const bad = groupBy(
      endings.filter(({ outcome }) => outcome.isBadAddress),
      ({ message }) => message.databaseId,
    );
    const locked = new Map<number, Map<string, StoredProfile>>();
    for (const databaseId of [...bad.keys()].sort((left, right) => left - right)) {
      const ids = (bad.get(databaseId) ?? []).map(({ message }) => message.profileId);
      locked.set(databaseId, await lockProfiles(tx, databaseId, [...new Set(ids)]));
    }
    await runs.lock(tx, runKeys(endings));
    const ids = await settleMessages(
      tx,
      endings.map(({ outcome }) => outcome.settled),
    );
    const written = endings.filter(({ message }) => ids.has(message.id));
    const news = written.flatMap(({ message: { slot, runId, id }, outcome }) =>
      runId === null || outcome.news === null
        ? []
        : [{ slot, runId, messageId: id, kind: outcome.news, reason: outcome.settled.reason }],
    );
    if (news.length > 0) await runs.tell(tx, news, now);
    await writeOutcomeEvents(tx, runs, written, now);
    for (const [databaseId, profiles] of locked) {
      const orders = (bad.get(databaseId) ?? [])
        .filter(({ message }) => ids.has(message.id))
        .map(({ message }) => ({ ...message, status: 'hardbounced' as const, everywhere: false }));
      await changeSubscriptions(tx, runs, databaseId, profiles, orders, now);
    }
    return ids;
  });
}
