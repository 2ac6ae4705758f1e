import { isJsonObject, type JsonObject, sameJson, tryParseJson } from '../../base/index.ts';
import type { Channel, Subscription } from '../../profiles/index.ts';

/** Who a message is for, in the words of its row. */
export interface Recipient {
  readonly channel: Channel;
  readonly resourceId: number;
  readonly subscriptionId: string | null;
  readonly address: string | null;
}

/** The contact of a message in the keys of subscriptions; undefined = it has none any more. */
export function contactOf({ channel, address }: Recipient): Partial<Subscription> | undefined {
  if (address === null) return undefined;
  if (channel === 'email') return { email: address };
  if (channel === 'sms') return { phone: address };
  const parsed = tryParseJson(address);
  if (!isJsonObject(parsed)) return { phone: address };
  const { provider, subscription_id: id } = parsed;
  if (channel === 'push' && typeof provider === 'string' && typeof id === 'string') {
    return { provider, subscription_id: id };
  }
  return { cc_data: parsed };
}

/** The subscription that a message goes to; for the profile's own address, one of that resource with that address. */
export function findSubscription(
  subscriptions: readonly Subscription[],
  recipient: Recipient,
): Subscription | undefined {
  const { channel, resourceId, subscriptionId } = recipient;
  if (subscriptionId !== null) return subscriptions.find(({ id }) => id === subscriptionId);
  const contact: JsonObject = { ...contactOf(recipient) };
  const keys = Object.keys(contact);
  return subscriptions.find((one) => {
    if (one.resource_id !== resourceId || one.channel !== channel) return false;
    const has: JsonObject = { ...one };
    return keys.length > 0 && keys.every((key) => sameJson(has[key], contact[key]));
  });
}

/** What suppression lists are asked about; undefined for contacts that they do not know. */
export function suppressibleOf(recipient: Recipient): string | undefined {
  const contact = contactOf(recipient);
  const phone = contact?.cc_data?.['phone'];
  return contact?.email ?? contact?.phone ?? (typeof phone === 'string' ? phone : undefined);
}
