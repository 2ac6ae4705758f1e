import {
  isJsonObject,
  isObjectId,
  type JsonObject,
  type JsonValue,
  MusterError,
  ownValue,
} from '../../base/index.ts';
import { type ProfileShape, readSubscriptionChoice, type SubscriptionChoice } from '../../profiles/index.ts';
import { isGiven } from './read-keys.ts';

function has(body: JsonObject, key: string): boolean {
  return isGiven(ownValue(body, key));
}

function pick(body: JsonObject, keys: readonly string[]): JsonObject {
  const picked: JsonObject = {};
  for (const key of keys) {
    const value = ownValue(body, key);
    if (isGiven(value)) picked[key] = value;
  }
  return picked;
}

/** Requests about subscriptions name the profile by `profile_id`, without `matching`; else e-mail is the default. */
export function withProfileMatching(body: JsonObject): JsonObject {
  if (has(body, 'matching') || has(body, 'custom_request') || !has(body, 'profile_id')) return body;
  return { ...body, matching: 'profile_id' };
}

/** `subscription_id` is the token of a device, and without a `provider` the platform's other name of the `hash_id`. */
function withHashId(body: JsonObject): JsonObject {
  const id = ownValue(body, 'subscription_id');
  if (has(body, 'hash_id') || has(body, 'provider') || typeof id !== 'string' || !isObjectId(id)) return body;
  const { subscription_id: _, ...rest } = body;
  return { ...rest, hash_id: id };
}

/**
 * A request about one subscription, with the matching that follows from its keys where it names none: by the profile's
 * id, else by the `hash_id`, else by the contact in subscriptions.
 */
export function withSubscriptionMatching(sent: JsonObject): JsonObject {
  const body = withHashId(withProfileMatching(sent));
  if (has(body, 'matching') || has(body, 'custom_request')) return body;
  const hashId = ownValue(body, 'hash_id');
  if (isGiven(hashId)) return { ...body, custom_request: { 'subscriptions.id': hashId } };
  if (has(body, 'email')) return { ...body, matching: 'email_sub' };
  if (has(body, 'phone')) return { ...body, matching: 'phone_sub' };
  return has(body, 'subscription_id') ? { ...body, matching: 'push_sub' } : body;
}

/** In these modes a contact says who is meant. In those of subscriptions alone it also says which subscription. */
const matchedBy: Readonly<Record<string, readonly string[]>> = {
  email: ['email'],
  email_profile: ['email'],
  phone: ['phone'],
  email_phone: ['email', 'phone'],
};

/** @throws {MusterError} 400 when the request does not say which subscription. */
export function chooseByBody(body: JsonObject, shape: ProfileShape): SubscriptionChoice {
  const matching = ownValue(body, 'matching') ?? (has(body, 'custom_request') ? '' : 'email');
  const choice = readSubscriptionChoice(shape, body, matchedBy[String(matching)] ?? []);
  if (choice.ok) return choice.value;
  const { code, text, field } = choice.error;
  throw new MusterError(code, { detail: text, ...(field === undefined ? {} : { field }) });
}

const requestKeys = [
  ...['db_id', 'matching', 'custom_request', 'profile_id', 'field_name', 'field_value'],
  ...['email', 'phone', 'provider', 'subscription_id', 'skip_triggers', 'dry_run'],
];
const subscriptionKeys = [
  ...['resource_id', 'channel', 'email', 'phone', 'provider', 'subscription_id', 'cc_data', 'email_data'],
  ...['phone_data', 'status', 'priority', 'custom_fields', 'cats', 'date', 'ip', 'url'],
];

/**
 * `subscriptions/set` as the request to `profiles/update` that does the same. `resource_id` at the root is that of the
 * subscriptions and does not narrow the matching: the profile may have none in the resource yet.
 */
export function toUpdate(sent: JsonObject): { body: JsonObject; subscriptions: JsonValue[] } {
  const body = withProfileMatching(sent);
  const own = [ownValue(body, 'subscriptions'), ownValue(body, 'subscription')].find(isGiven);
  const list = Array.isArray(own) ? own : [own ?? pick(body, subscriptionKeys)];
  const resource = pick(body, ['resource_id']);
  const subscriptions = list.map((one) => (isJsonObject(one) ? { ...resource, ...one } : one));
  return { body: { ...pick(body, requestKeys), data: { subscriptions } }, subscriptions };
}
