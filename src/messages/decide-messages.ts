import { MusterError } from '../base/index.ts';
import { type Db, withTx } from '../db/index.ts';
import { writeEvents } from '../hooks/index.ts';
import { getProfile } from '../profiles/index.ts';
import { findSubscription } from './dispatch/find-subscription.ts';
import { toMessageEvent } from './message-event.ts';
import type { MessageNews, RunPort } from './run-port.ts';
import { decideMessage } from './sql/decide-message.ts';
import { type ListedMessage, type MessageSearch, selectMessages } from './sql/select-messages.ts';

/** What a person can make of a parked message: it was sent, it is sent once more, or it is left as it is. */
export const messageDecisions = ['sent', 'repeat', 'skip'] as const;
export type MessageDecision = (typeof messageDecisions)[number];

/** A page of messages, the latest first; `next` = where the one after it begins. */
export async function listMessages(
  db: Db,
  search: MessageSearch,
): Promise<{ messages: ListedMessage[]; next: string | undefined }> {
  const found = await selectMessages(db, { ...search, limit: search.limit + 1 });
  const messages = found.slice(0, search.limit);
  return { messages, next: found.length > messages.length ? messages.at(-1)?.id : undefined };
}

/** @throws {MusterError} 404. */
export async function getMessage(db: Db, id: string): Promise<ListedMessage> {
  const [message] = await selectMessages(db, { databaseIds: null, id, limit: 1 });
  if (message === undefined) throw new MusterError(404, { detail: `there is no message ${id}` });
  return message;
}

async function tellRun(
  tx: Db,
  runs: RunPort,
  { slot, id, runId }: ListedMessage,
  kind: MessageNews['kind'],
  reason: string | null,
  now: Date,
): Promise<void> {
  if (runId !== null) await runs.tell(tx, [{ slot, runId, messageId: id, kind, reason }], now);
}

async function lockRun(tx: Db, runs: RunPort, { slot, runId }: ListedMessage): Promise<void> {
  if (runId !== null) await runs.lock(tx, [{ slot, runId }]);
}

async function writeSendEvent(tx: Db, runs: RunPort, message: ListedMessage, now: Date): Promise<void> {
  const { databaseId, profileId, slot, runId } = message;
  const profile = await getProfile(tx, databaseId, profileId);
  const email = profile?.fields['email'];
  const source = {
    ...message,
    email: typeof email === 'string' ? email : null,
    subscription: (profile && findSubscription(profile.subscriptions, message)) ?? null,
  };
  const custom = runId === null ? undefined : (await runs.customData(tx, [{ slot, runId }])).get(runId);
  const event = toMessageEvent('send', source, { reason: 'decided by a person' }, custom ?? null);
  await writeEvents(tx, { databaseId, now }, [event]);
}

/**
 * Decides what becomes of a parked message: `sent` and `skip` let its run go on by `next`, `repeat` sends it again with
 * the same Message-ID.
 * @throws {MusterError} 404 for an unknown message, 409 for one that is not parked.
 */
export async function resolveMessage(
  db: Db,
  runs: RunPort,
  id: string,
  as: MessageDecision,
  now: Date,
): Promise<void> {
  const message = await getMessage(db, id);
  const statuses = { sent: 'sent', repeat: 'queued', skip: 'unknown' } as const;
  await withTx(db, async (tx) => {
    await lockRun(tx, runs, message);
    const reason = as === 'sent' ? null : message.reason;
    if (!(await decideMessage(tx, message, 'parked', { status: statuses[as], reason }, now))) {
      throw new MusterError(409, { detail: `the message ${id} does not wait for a decision` });
    }
    if (as !== 'repeat') await tellRun(tx, runs, message, as === 'sent' ? 'sent' : 'unknown', reason, now);
    if (as === 'sent') await writeSendEvent(tx, runs, message, now);
  });
}

/**
 * Takes back a message that nobody has begun to send; its run goes on by `no_address`.
 * @throws {MusterError} 404 for an unknown message, 409 for one that is under way or settled.
 */
export async function cancelMessage(db: Db, runs: RunPort, id: string, now: Date): Promise<void> {
  const message = await getMessage(db, id);
  await withTx(db, async (tx) => {
    await lockRun(tx, runs, message);
    const reason = 'cancelled by a person';
    if (!(await decideMessage(tx, message, 'unsent', { status: 'cancelled', reason }, now))) {
      throw new MusterError(409, { detail: `the message ${id} is under way or settled` });
    }
    await tellRun(tx, runs, message, 'no_address', reason, now);
  });
}
