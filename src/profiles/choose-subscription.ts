import {
  failure,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Outcome,
  ownValue,
  sameJson,
  success,
} from '../base/index.ts';
import { normalizeEmail, normalizePhone } from './contacts.ts';
import type { ProfileShape } from './fields.ts';
import type { Subscription } from './profile-state.ts';
import { type RowError, rowError } from './row-error.ts';
import { isSubscriptionOf, parseSubscriptions } from './subscription-patch.ts';

/** Which of a profile's subscriptions a request means: those that have all of these. */
export type SubscriptionChoice = Partial<
  Pick<Subscription, 'id' | 'resource_id' | 'email' | 'phone' | 'provider' | 'subscription_id' | 'cc_data'>
> & { readonly channel?: string };

const textKeys = ['channel', 'provider', 'subscription_id'] as const;

function textOf(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function readNumber(value: JsonValue | undefined): number | undefined {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value.trim()) ? Number(value) : value;
  return typeof number === 'number' ? number : undefined;
}

/** `cc_data` as it is stored: its phone as E.164. */
function readOther(value: JsonObject, country: string): JsonObject {
  const phone = textOf(ownValue(value, 'phone'));
  return phone === undefined ? value : { ...value, phone: normalizePhone(phone, country) ?? phone };
}

function readTexts(
  read: (key: string) => JsonValue | undefined,
): Pick<SubscriptionChoice, (typeof textKeys)[number]> {
  const texts: { -readonly [key in (typeof textKeys)[number]]?: string } = {};
  for (const key of textKeys) {
    const text = textOf(read(key));
    if (text !== undefined) texts[key] = text;
  }
  return texts;
}

/**
 * Reads the choice from the keys of a request: `hash_id`, or some of `resource_id`, `channel` and the contact.
 * @param matchedBy keys that say which profile is meant, and not which of its subscriptions.
 * @returns an error when the request chooses by nothing, or by an address that is none.
 */
export function readSubscriptionChoice(
  shape: ProfileShape,
  keys: JsonObject,
  matchedBy: readonly string[],
): Outcome<SubscriptionChoice, RowError> {
  const id = textOf(ownValue(keys, 'hash_id'))?.toLowerCase();
  if (id !== undefined) return success({ id });
  const country = shape.database.phoneCountry;
  const of = (key: string) => (matchedBy.includes(key) ? undefined : ownValue(keys, key));
  const sent = { email: textOf(of('email')), phone: textOf(of('phone')) };
  const email = sent.email === undefined ? undefined : normalizeEmail(sent.email);
  if (sent.email !== undefined && email === undefined)
    return failure(rowError('email', 'expected an e-mail address'));
  const phone = sent.phone === undefined ? undefined : normalizePhone(sent.phone, country);
  if (sent.phone !== undefined && phone === undefined) {
    return failure(rowError('phone', 'expected a phone number such as +79991234567'));
  }
  const resource = readNumber(ownValue(keys, 'resource_id'));
  const other = of('cc_data');
  const choice = {
    ...(resource === undefined ? {} : { resource_id: resource }),
    ...(email === undefined ? {} : { email }),
    ...(phone === undefined ? {} : { phone }),
    ...(isJsonObject(other) ? { cc_data: readOther(other, country) } : {}),
    ...readTexts(of),
  };
  if (Object.keys(choice).length > 0) return success(choice);
  return failure(
    rowError('hash_id', 'expected which subscription: its hash_id, or resource_id, channel, contact'),
  );
}

/** Those of the subscriptions that have all that the choice names. */
export function chooseSubscriptions(
  subscriptions: readonly Subscription[],
  choice: SubscriptionChoice,
): Subscription[] {
  const wanted: JsonObject = { ...choice };
  return subscriptions.filter((subscription) => {
    const has: JsonObject = { ...subscription };
    return Object.entries(wanted).every(([key, value]) => sameJson(has[key], value));
  });
}

/** The ids of the subscriptions that these are, as callers send them; what does not fit or is not there is left out. */
export function subscriptionIdsOf(
  shape: ProfileShape,
  subscriptions: readonly Subscription[],
  sent: JsonValue,
): string[] {
  const parsed = parseSubscriptions(shape, sent, true);
  if (!parsed.ok) return [];
  return parsed.value.patches.flatMap(
    (patch) => subscriptions.find((one) => isSubscriptionOf(patch, one))?.id ?? [],
  );
}
