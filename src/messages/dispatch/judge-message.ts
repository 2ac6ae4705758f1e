import type { StoredProfile, Subscription } from '../../profiles/index.ts';
import { capFault } from '../policy/caps.ts';
import { quietUntil, spreadAfter } from '../policy/quiet-hours.ts';
import type { SendingPolicy } from '../policy/sending-policy.ts';
import type { SentCounts } from '../sql/count-sent-messages.ts';
import type { ClaimedMessage } from './claimed-message.ts';
import { findSubscription } from './find-subscription.ts';

/** What is decided before a try. */
export type Judgement =
  | { readonly kind: 'send' }
  | { readonly kind: 'cancelled' | 'suppressed' | 'failed' | 'unknown'; readonly reason: string }
  /** Not now; no try is counted. */
  | { readonly kind: 'later'; readonly dueAt: Date };

/**
 * Global statuses of profiles that forbid every message, by their numbers, which are those of subscriptions. A profile
 * that is not confirmed must get the message that asks it to confirm.
 */
const forbidding: Readonly<Record<number, string>> = {
  1: 'unsubscribed',
  2: 'complained',
  3: 'hardbounced',
  5: 'suspended',
  6: 'invalid',
};

const LOST = 'the worker died while it was sending; the server may have taken the message';

/** Decides about a message whose last try was lost; undefined = it may be tried again. */
export function judgeLostMessage(message: ClaimedMessage, now: Date): Judgement | undefined {
  if (!message.isLost) return undefined;
  if (message.onUnknown !== 'repeat') return { kind: 'unknown', reason: LOST };
  return message.giveUpAt <= now ? { kind: 'failed', reason: LOST } : undefined;
}

/** What is known of a message at the moment of sending. */
export interface MessageFacts {
  readonly profile: StoredProfile | undefined;
  /** Whether its run, if it has one, still waits for it. */
  readonly isWanted: boolean;
  readonly isSuppressed: boolean;
  readonly policy: SendingPolicy;
}

function subscriptionFault(
  message: ClaimedMessage,
  subscription: Subscription | undefined,
): string | undefined {
  if (message.subscriptionId === null) {
    if (subscription === undefined || subscription.status === 'subscribed') return undefined;
    return `a subscription with that address is ${subscription.status}`;
  }
  if (subscription === undefined) return 'the subscription is gone';
  return subscription.status === 'subscribed' ? undefined : `the subscription is ${subscription.status}`;
}

/** Everything but caps. */
export function judgeMessage(message: ClaimedMessage, facts: MessageFacts, now: Date): Judgement {
  const { profile, policy } = facts;
  if (profile === undefined) return { kind: 'cancelled', reason: 'the profile is gone' };
  if (!facts.isWanted) return { kind: 'cancelled', reason: 'its run does not wait for it any more' };
  if (message.address === null) return { kind: 'suppressed', reason: 'the address was erased' };
  const fault = subscriptionFault(message, findSubscription(profile.subscriptions, message));
  if (fault !== undefined) return { kind: 'suppressed', reason: fault };
  if (facts.isSuppressed) return { kind: 'suppressed', reason: 'the address is in a suppression list' };
  const status = forbidding[Number(profile.fields['_status'])];
  if (status !== undefined) return { kind: 'suppressed', reason: `the profile is ${status}` };
  if (message.isTest) return { kind: 'send' };
  const zone = profile.fields['_tz'];
  const end = quietUntil(policy.quietHours, typeof zone === 'string' ? zone : policy.zone, now);
  return end === undefined ? { kind: 'send' } : { kind: 'later', dueAt: spreadAfter(end, message.id) };
}

/** Whether caps of the policy are to be looked at. */
export function isCapped(message: ClaimedMessage, { caps }: SendingPolicy): boolean {
  return !message.isTest && Object.keys(caps).length > 0;
}

export function capKeyOf({ profileId, resourceId }: ClaimedMessage): string {
  return `${profileId} ${resourceId}`;
}

/**
 * Decides by the caps about messages that may be sent otherwise, in order of id: those let through count for the next.
 * @returns the reasons of those that are too many, by id.
 */
export function judgeCaps(
  messages: readonly ClaimedMessage[],
  policyOf: (message: ClaimedMessage) => SendingPolicy,
  sent: ReadonlyMap<string, SentCounts>,
): Map<string, string> {
  const faults = new Map<string, string>();
  const passed = new Map<string, number>();
  for (const message of messages) {
    const key = capKeyOf(message);
    const more = passed.get(key) ?? 0;
    const fault = capFault(policyOf(message).caps, sent.get(key), more);
    if (fault === undefined) passed.set(key, more + 1);
    else faults.set(message.id, fault);
  }
  return faults;
}
