import { newObjectId } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import {
  changeProfiles,
  loadShape,
  type ProfileState,
  type StoredProfile,
  type Subscription,
  type SubscriptionStatus,
  stateOf,
} from '../profiles/index.ts';
import { contactOf, findSubscription, type Recipient } from './dispatch/find-subscription.ts';
import type { RunPort } from './run-port.ts';

export type FinalStatus = Extract<SubscriptionStatus, 'unsubscribed' | 'complained' | 'hardbounced'>;

/** What a message has shown of its recipient. */
export interface StatusOrder extends Recipient {
  readonly profileId: string;
  readonly status: FinalStatus;
  /** Whether it holds for all that the profile ever gets. */
  readonly everywhere: boolean;
}

/** The number of the global status `unsubscribed`. */
const GLOBAL_UNSUBSCRIBED = 1;

/** A person's own word is not replaced by a bounce, and a complaint by nothing. */
const weights: Readonly<Partial<Record<SubscriptionStatus, number>>> = {
  hardbounced: 1,
  unsubscribed: 2,
  complained: 3,
};

function worsen(subscription: Subscription, status: FinalStatus): Subscription {
  const isWorse = (weights[status] ?? 0) > (weights[subscription.status] ?? 0);
  return isWorse ? { ...subscription, status } : subscription;
}

/**
 * The state of a profile after that. For an address of the profile itself a subscription is made that says it, so that
 * the resource never writes there again.
 */
function applyStatus(state: ProfileState, order: StatusOrder, now: Date): ProfileState {
  const { status, everywhere, resourceId, channel } = order;
  const concerned = findSubscription(state.subscriptions, order);
  const contact = contactOf(order);
  let subscriptions = state.subscriptions.map((one) =>
    everywhere || one.id === concerned?.id ? worsen(one, status) : one,
  );
  if (concerned === undefined && order.subscriptionId === null && contact !== undefined) {
    const made = { id: newObjectId(now), resource_id: resourceId, channel, ...contact, status, priority: 0 };
    subscriptions = [...subscriptions, made];
  }
  const isSame =
    subscriptions.length === state.subscriptions.length &&
    subscriptions.every((one, index) => one === state.subscriptions[index]);
  const marks = everywhere && state.fields['_status'] !== GLOBAL_UNSUBSCRIBED;
  if (isSame && !marks) return state;
  return {
    fields: marks ? { ...state.fields, _status: GLOBAL_UNSUBSCRIBED } : state.fields,
    subscriptions: isSame ? state.subscriptions : subscriptions,
  };
}

/**
 * Changes the subscriptions that messages were sent to, and tells of it. The caller has locked the profiles and then
 * the runs of the messages.
 */
export async function changeSubscriptions(
  tx: Db,
  runs: RunPort,
  databaseId: number,
  profiles: ReadonlyMap<string, StoredProfile>,
  orders: readonly StatusOrder[],
  now: Date,
): Promise<void> {
  const after = new Map<string, ProfileState>();
  for (const order of orders) {
    const profile = profiles.get(order.profileId);
    if (profile === undefined) continue;
    after.set(profile.id, applyStatus(after.get(profile.id) ?? stateOf(profile), order, now));
  }
  const changes = [...after].flatMap(([id, state]) => {
    const profile = profiles.get(id);
    const isChanged =
      profile !== undefined &&
      (state.fields !== profile.fields || state.subscriptions !== profile.subscriptions);
    return isChanged ? [{ profile, before: stateOf(profile), after: state }] : [];
  });
  if (changes.length === 0) return;
  await changeProfiles(tx, await loadShape(tx, databaseId), changes, now);
  const told = changes.map(({ profile, before, after: state }) => ({
    profileId: profile.id,
    before,
    after: state,
    enteredSegments: [],
  }));
  await runs.changed(tx, databaseId, told, now);
}
