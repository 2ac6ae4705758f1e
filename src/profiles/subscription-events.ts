import type { ProfileChange, Subscription } from './profile-state.ts';

/** What a change of status is told as, in hooks and to triggers: the platform's words. */
export const subscriptionEvents = ['subscribed', 'unsubscribed', 'complain', 'hardbounced'] as const;
export type SubscriptionEvent = (typeof subscriptionEvents)[number];

/** A subscription that is new, or whose status has changed. */
export interface StatusChange {
  readonly subscription: Subscription;
  /** Undefined = the change is told to nobody by a word of its own. */
  readonly event: SubscriptionEvent | undefined;
}

/**
 * The platform tells of four statuses alone, and of `subscribed` only when the person had left before: a new
 * subscription, or one that was confirmed, is no coming back.
 */
function eventOf(before: Subscription | undefined, { status }: Subscription): SubscriptionEvent | undefined {
  switch (status) {
    case 'unsubscribed':
    case 'hardbounced':
      return status;
    case 'complained':
      return 'complain';
    case 'subscribed':
      return before?.status === 'unsubscribed' ||
        before?.status === 'complained' ||
        before?.status === 'hardbounced'
        ? 'subscribed'
        : undefined;
    default:
      return undefined;
  }
}

/** The subscriptions of the profile that are new or have another status, each with the event that it raises. */
export function statusChangesOf({ before, after }: ProfileChange): StatusChange[] {
  if (before?.subscriptions === after.subscriptions) return [];
  const known = new Map(before?.subscriptions.map((subscription) => [subscription.id, subscription]));
  return after.subscriptions.flatMap((subscription) => {
    const old = known.get(subscription.id);
    if (old?.status === subscription.status) return [];
    return [{ subscription, event: eventOf(old, subscription) }];
  });
}
