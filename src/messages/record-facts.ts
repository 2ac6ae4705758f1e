import { groupBy, type JsonObject } from '../base/index.ts';
import { type Db, withTx } from '../db/index.ts';
import { type EventType, type NewEvent, writeEvents } from '../hooks/index.ts';
import { getProfiles, lockProfiles, type StoredProfile } from '../profiles/index.ts';
import { changeSubscriptions, type FinalStatus, type StatusOrder } from './change-subscriptions.ts';
import { findSubscription } from './dispatch/find-subscription.ts';
import { toMessageEvent } from './message-event.ts';
import type { MessageNews, RunPort } from './run-port.ts';
import {
  type FactSums,
  type FactsBefore,
  recordMessageFacts,
  type SentMessage,
  selectSentMessages,
} from './sql/record-message-facts.ts';
import type { Fact, FactKind } from './tracking/fact.ts';

const news: Readonly<Partial<Record<FactKind, MessageNews['kind']>>> = {
  delivered: 'delivered',
  opened: 'opened',
  clicked: 'clicked',
  replied: 'reply',
};

const statuses: Readonly<Partial<Record<FactKind, FinalStatus>>> = {
  hard_bounce: 'hardbounced',
  complained: 'complained',
  unsubscribed: 'unsubscribed',
  unsubscribed_everywhere: 'unsubscribed',
};

/** What is known while the facts of one message are gone through in order. */
type Known = { -readonly [key in keyof Omit<FactsBefore, 'id'>]: boolean };

/**
 * The events of one fact. Openings and clicks come each time and once more as unique ones; the rest is told once. A
 * click without an opening is an opening too.
 */
function eventsOf(kind: FactKind, known: Known): EventType[] {
  const once = (name: keyof Known, type: EventType): EventType[] => {
    const isFirst = !known[name];
    known[name] = true;
    return isFirst ? [type] : [];
  };
  switch (kind) {
    case 'delivered':
      return once('delivered', 'deliv');
    case 'undelivered':
      return once('bounced', 'undeliv');
    case 'soft_bounce':
      return ['sbounce'];
    case 'hard_bounce':
      return once('bounced', 'hbounce');
    case 'complained':
      // The change of the subscription is told as `complain`; a second one would count twice.
      return [];
    case 'opened':
      return [...once('opened', 'uopen'), 'open'];
    case 'clicked': {
      const opening: EventType[] = known.opened ? [] : [...once('opened', 'uopen'), 'open'];
      return [...opening, ...once('clicked', 'uclick'), 'click'];
    }
    case 'unsubscribed':
    case 'unsubscribed_everywhere':
      return once('unsubscribed', 'unsub');
    case 'replied':
      return once('replied', 'reply');
  }
}

function firstOf(facts: readonly Fact[], ...kinds: readonly FactKind[]): Date | null {
  const times = facts.filter(({ kind }) => kinds.includes(kind)).map(({ at }) => at.getTime());
  return times.length === 0 ? null : new Date(Math.min(...times));
}

function countOf(facts: readonly Fact[], kind: FactKind): number {
  return facts.filter((fact) => fact.kind === kind).length;
}

function sumUp(message: SentMessage, facts: readonly Fact[]): FactSums {
  const isHard = facts.some(({ kind }) => kind === 'hard_bounce');
  const isSoft = facts.some(({ kind }) => kind === 'soft_bounce' || kind === 'undelivered');
  return {
    ...{ slot: message.slot, id: message.id },
    deliveredAt: firstOf(facts, 'delivered'),
    openedAt: firstOf(facts, 'opened', 'clicked'),
    opens: countOf(facts, 'opened'),
    clickedAt: firstOf(facts, 'clicked'),
    clicks: countOf(facts, 'clicked'),
    repliedAt: firstOf(facts, 'replied'),
    bouncedAt: firstOf(facts, 'hard_bounce', 'soft_bounce', 'undelivered'),
    bounce: isHard ? 'hard' : isSoft ? 'soft' : null,
    complainedAt: firstOf(facts, 'complained'),
    unsubscribedAt: firstOf(facts, 'unsubscribed', 'unsubscribed_everywhere'),
  };
}

interface KnownMessage {
  readonly message: SentMessage;
  /** In order of time. */
  readonly facts: readonly Fact[];
}

async function lockChanged(
  tx: Db,
  messages: readonly KnownMessage[],
): Promise<Map<number, Map<string, StoredProfile>>> {
  const changing = messages.filter(({ facts }) => facts.some(({ kind }) => statuses[kind] !== undefined));
  const groups = groupBy(changing, ({ message }) => message.databaseId);
  const locked = new Map<number, Map<string, StoredProfile>>();
  for (const databaseId of [...groups.keys()].sort((left, right) => left - right)) {
    const ids = (groups.get(databaseId) ?? []).map(({ message }) => message.profileId);
    locked.set(databaseId, await lockProfiles(tx, databaseId, [...new Set(ids)]));
  }
  return locked;
}

function ordersOf({ message, facts }: KnownMessage): StatusOrder[] {
  return facts.flatMap(({ kind }) => {
    const status = statuses[kind];
    if (status === undefined) return [];
    return [{ ...message, status, everywhere: kind === 'unsubscribed_everywhere' }];
  });
}

function toEvents(
  { message, facts }: KnownMessage,
  before: FactsBefore,
  profile: StoredProfile | undefined,
  customData: JsonObject | null,
): NewEvent[] {
  const { id: _, ...known } = before;
  const email = profile?.fields['email'];
  const subscription = (profile && findSubscription(profile.subscriptions, message)) ?? null;
  const source = { ...message, email: typeof email === 'string' ? email : null, subscription };
  return facts.flatMap(({ kind, data, at }) =>
    eventsOf(kind, known).map((type) =>
      toMessageEvent(type, source, { ...data, at: at.toISOString() }, customData),
    ),
  );
}

/** All in the caller's transaction: locks profiles, runs, messages. */
async function record(tx: Db, runs: RunPort, messages: readonly KnownMessage[], now: Date): Promise<void> {
  const locked = await lockChanged(tx, messages);
  const keys = messages.flatMap(({ message: { slot, runId } }) => (runId === null ? [] : [{ slot, runId }]));
  await runs.lock(tx, keys);
  const before = await recordMessageFacts(
    tx,
    messages.map(({ message, facts }) => sumUp(message, facts)),
  );
  const told = messages.flatMap(({ message, facts }) => {
    const { slot, runId, id: messageId } = message;
    const kinds = new Set(facts.flatMap(({ kind }) => news[kind] ?? []));
    return runId === null ? [] : [...kinds].map((kind) => ({ slot, runId, messageId, kind, reason: null }));
  });
  if (told.length > 0) await runs.tell(tx, told, now);
  const customData = await runs.customData(tx, keys);
  for (const [databaseId, group] of groupBy(messages, ({ message }) => message.databaseId)) {
    const profiles = locked.get(databaseId) ?? new Map<string, StoredProfile>();
    const unread = group.map(({ message }) => message.profileId).filter((id) => !profiles.has(id));
    const others = await getProfiles(tx, databaseId, [...new Set(unread)]);
    const profileOf = (id: string): StoredProfile | undefined => profiles.get(id) ?? others.get(id);
    const orders = group.flatMap(ordersOf);
    if (orders.length > 0) await changeSubscriptions(tx, runs, databaseId, profiles, orders, now);
    const events = group.flatMap((one) => {
      const { id, runId, profileId } = one.message;
      const known = before.get(id);
      const custom = customData.get(runId ?? '') ?? null;
      return known === undefined ? [] : toEvents(one, known, profileOf(profileId), custom);
    });
    if (events.length > 0) await writeEvents(tx, { databaseId, now }, events);
  }
}

/**
 * Records what has become known of messages after they were sent: their columns, events, subscriptions and global
 * statuses, and the runs that wait for it. One transaction, a fixed number of statements and some more a database;
 * facts of messages that are not there are passed over. Throws what PostgreSQL throws; then nothing is recorded.
 */
export async function recordFacts(db: Db, runs: RunPort, facts: readonly Fact[], now: Date): Promise<void> {
  const byMessage = groupBy(facts, ({ slot, messageId }) => `${slot} ${messageId}`);
  const keys = [...byMessage.values()].flatMap(([first]) =>
    first === undefined ? [] : [{ slot: first.slot, id: first.messageId }],
  );
  if (keys.length === 0) return;
  await withTx(db, async (tx) => {
    const found = await selectSentMessages(tx, keys);
    const messages = [...found.values()].map((message): KnownMessage => {
      const own = byMessage.get(`${message.slot} ${message.id}`) ?? [];
      return { message, facts: own.toSorted((left, right) => left.at.getTime() - right.at.getTime()) };
    });
    if (messages.length > 0) await record(tx, runs, messages, now);
  });
}
